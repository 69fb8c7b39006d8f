/**
 * The loop: the one thread that changes the firewall.
 *
 * <p>Input: triggers and requests of other threads. Output: passes of the {@link io.portero.reconcile.Reconciler}, in
 * order and on time. This package does not know what a pass does.
 */
@NullMarked
package io.portero.loop;

import org.jspecify.annotations.NullMarked;
