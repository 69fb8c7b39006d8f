/**
 * One pass: compares the file with the kernel, and makes the changes.
 *
 * <p>Input: triggers. Output: events and a {@link io.portero.events.Status}. Everything here belongs to one thread,
 * that of the loop. This package does not know who listens.
 */
@NullMarked
package io.portero.reconcile;

import org.jspecify.annotations.NullMarked;
