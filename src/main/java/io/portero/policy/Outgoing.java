package io.portero.policy;

/**
 * A flow that this host, or a container of it, started towards somebody else.
 *
 * @param local the port on our side, at which answers arrive; for protocols without ports the whole protocol
 */
public record Outgoing(Ip to, PortRange local) {}
