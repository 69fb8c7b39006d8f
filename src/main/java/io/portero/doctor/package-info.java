/**
 * What on this host will hurt calls or the firewall.
 *
 * <p>In come the state of the host, as an adapter read it, and a policy; out come findings, each with what it is, why it
 * hurts and the line that mends it. Pure: this package asks neither the host nor the kernel.
 */
@NullMarked
package io.portero.doctor;

import org.jspecify.annotations.NullMarked;
