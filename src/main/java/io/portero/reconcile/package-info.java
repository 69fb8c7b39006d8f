/**
 * Again and again: keeping the kernel at what the policy says.
 *
 * <p>In come triggers; out go events and a {@link io.portero.reconcile.Status}. One thread does everything that changes the
 * firewall; everybody else leaves a trigger. This package does not know who listens.
 */
@NullMarked
package io.portero.reconcile;

import org.jspecify.annotations.NullMarked;
