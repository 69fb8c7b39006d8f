package io.portero.policy;

/**
 * A flow that connection tracking knows, in the direction in which it was started.
 *
 * @param port the dialled destination port; for protocols without ports, the whole protocol
 */
public record Flow(Ip from, Ip to, PortRange port) {}
