package io.portero.policy;

/**
 * A flow that this host or one of its containers started to another host.
 *
 * @param local the local port, at which answers arrive; for protocols without ports, the whole protocol
 */
public record Outgoing(Ip to, PortRange local) {}
