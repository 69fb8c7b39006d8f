/**
 * Problems on this host that harm calls or the firewall.
 *
 * <p>Input: the state of the host from an adapter, and a policy. Output: findings, each with the problem, its
 * consequence and the line that solves it. Pure: this package asks neither the host nor the kernel.
 */
@NullMarked
package io.portero.doctor;

import org.jspecify.annotations.NullMarked;
