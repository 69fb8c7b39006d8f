/**
 * The demonstration of the product, with real packets through a small Internet.
 *
 * <p>Input: a {@link io.portero.lab.Lab}. Output: text for a terminal. This package uses the agent only from outside:
 * through its command line, its file and its port.
 */
@NullMarked
package io.portero.demo;

import org.jspecify.annotations.NullMarked;
