/**
 * Problems on this host that harm calls or the firewall.
 *
 * <p>In come the state of the host from an adapter, and a policy; out come findings, each with the problem, its
 * consequence and the line that solves it. Pure: this package asks neither the host nor the kernel.
 */
@NullMarked
package io.portero.doctor;

import org.jspecify.annotations.NullMarked;
