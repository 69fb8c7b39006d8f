package io.portero.policy;

/** Tells which of the packets that a policy could name a host must receive to stay on its network. */
final class NecessaryPackets {
    private static final AddressRange LINK_LOCAL = AddressRange.network(new Ip(Family.V6, 0xfe80L << 48, 0), 10);

    private NecessaryPackets() {}

    static boolean isDhcpAnswer(Ip from, Target to) {
        return from.family() == Family.V4
                && to instanceof Target.Port(PortRange port)
                && port.equals(new PortRange(Protocol.UDP, 68, 68));
    }

    static boolean isDhcp6Answer(Target to, Destination at) {
        return LINK_LOCAL.contains(at.address())
                && to instanceof Target.Port(PortRange port)
                && port.equals(new PortRange(Protocol.UDP, 546, 546));
    }

    static boolean isIgmp(Target to, Destination at) {
        return at instanceof Destination.Here(Ip address, Destination.Kind kind)
                && address.family() == Family.V4
                && kind == Destination.Kind.MULTICAST
                && to instanceof Target.Port(PortRange port)
                && port.equals(PortRange.whole(Protocol.IGMP));
    }
}
