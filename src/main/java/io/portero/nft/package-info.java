/**
 * The adapter to the kernel's nf_tables, by way of the program {@code nft} (1.0.6 and newer).
 *
 * <p>Input: steps and questions. Output: failures by kind and what a listing says. Only this package knows how nft is
 * called, what it prints and how it fails.
 */
@NullMarked
package io.portero.nft;

import org.jspecify.annotations.NullMarked;
