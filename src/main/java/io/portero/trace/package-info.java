/**
 * The way of single real packets through the rules of the kernel.
 *
 * <p>In comes what the kernel's own trace says of a packet, step by step; out goes what Portero decided, by which policy key,
 * and what other tables did with it, in words. This package does not know how the trace is had.
 */
@NullMarked
package io.portero.trace;

import org.jspecify.annotations.NullMarked;
