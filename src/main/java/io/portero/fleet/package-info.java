/**
 * Many hosts under one signed policy.
 *
 * <p>Input: a directory of an operator, or bytes from a store. Output: signed bundles, or one policy file. The store is
 * only transport and never trusted: only signatures count. This package knows nothing about nftables, and the pipeline
 * from file to kernel does not know this package. The adapters to stores are in subpackages.
 */
@NullMarked
package io.portero.fleet;

import org.jspecify.annotations.NullMarked;
