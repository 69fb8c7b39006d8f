/**
 * The path of single real packets through the rules of the kernel.
 *
 * <p>Input: the steps of a packet from the kernel's own trace. Output: what Portero decided, by which policy key, and
 * what other tables did with it, in words. This package does not know how the kernel is asked for a trace.
 */
@NullMarked
package io.portero.trace;

import org.jspecify.annotations.NullMarked;
