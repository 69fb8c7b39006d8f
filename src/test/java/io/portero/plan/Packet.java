package io.portero.plan;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.util.Optional;
import java.util.Set;

/**
 * A packet for the interpreter of rules.
 *
 * @param at the destination address on the host; empty for an address that no rule names
 * @param protocol the IANA number
 * @param port the destination port, 0 for a protocol without ports
 */
public record Packet(Ip from, String via, Optional<Ip> at, int protocol, int port, Flow flow, Path path) {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    /** Its source and destination. */
    public enum Path {
        /** From {@code from} to this host. */
        IN,
        /** From this host to {@code from}, through the interface; source and destination port are the same. */
        OUT,
        /** The same from a container on a bridge. */
        CONTAINER
    }

    Packet along(Path other) {
        return new Packet(from, via, at, protocol, port, flow, other);
    }

    /** Its state in connection tracking. */
    public enum Flow {
        /** The first packet of its flow. */
        NEW,
        /** A later packet in the direction of the first. */
        GOING_ON,
        /** An answer to a packet of the host. */
        ANSWER
    }

    static Packet to(Protocol protocol, int port, Ip from, Flow flow) {
        return new Packet(from, "eth0", Optional.empty(), protocol.number(), port, flow, Path.IN);
    }

    static Packet ping(Ip from) {
        int protocol = from.family() == Family.V4 ? ICMP : ICMPV6;
        return new Packet(from, "eth0", Optional.empty(), protocol, 0, Flow.NEW, Path.IN);
    }

    Packet by(String interfaceName) {
        return new Packet(from, interfaceName, at, protocol, port, flow, path);
    }

    Packet at(Ip address) {
        return new Packet(from, via, Optional.of(address), protocol, port, flow, path);
    }

    /**
     * The value of a field of nft's rules in this packet, in nft's words; empty if the packet does not have the field.
     *
     * @throws AssertionError for a field that this model does not know
     */
    Optional<Set<String>> field(String name) {
        return switch (name) {
            case "iifname" ->
                switch (path) {
                    case IN -> Optional.of(Set.of(via));
                    case OUT -> Optional.empty();
                    case CONTAINER -> Optional.of(Set.of("br-portero"));
                };
            case "oifname" -> only(path != Path.IN, via);
            case "iif" -> only(path != Path.OUT, path == Path.IN ? number(via) : "3");
            case "oif" -> only(path != Path.IN, number(via));
            case "ip saddr" -> only(path == Path.IN && from.family() == Family.V4, from.toString());
            case "ip6 saddr" -> only(path == Path.IN && from.family() == Family.V6, from.toString());
            case "fib daddr . iif oif" -> Optional.of(Set.of("missing"));
            case "tcp flags" -> only(protocol == Protocol.TCP.number(), flow == Flow.NEW ? "syn" : "ack");
            case "meta oifkind" -> Optional.of(Set.of("veth"));
            case "ip daddr" ->
                destination().filter(ip -> ip.family() == Family.V4).map(ip -> Set.of(ip.toString()));
            case "ip6 daddr" ->
                destination().filter(ip -> ip.family() == Family.V6).map(ip -> Set.of(ip.toString()));
            case "ip ttl" -> only(from.family() == Family.V4, "64");
            case "ip6 hoplimit" -> only(from.family() == Family.V6, "64");
            case "exthdr ah" ->
                only(from.family() == Family.V6, protocol == Protocol.AH.number() ? "exists" : "missing");
            case "ip6 nexthdr" -> only(from.family() == Family.V6, Integer.toString(protocol));
            case "meta nfproto" -> Optional.of(Set.of(from.family() == Family.V4 ? "ipv4" : "ipv6"));
            case "meta l4proto" -> Optional.of(Set.of(Integer.toString(protocol)));
            case "meta pkttype" -> Optional.of(Set.of("host", "unicast"));
            case "meta ibrname" -> Optional.empty();
            case "meta iifkind" -> Optional.of(Set.of(path == Path.CONTAINER ? "bridge" : "veth"));
            case "meta priority" -> Optional.of(Set.of()); // judged as a packet to this host, and so not marked
            case "ct direction" -> Optional.of(Set.of(flow == Flow.ANSWER ? "reply" : "original"));
            case "ct state" -> Optional.of(Set.of(flow == Flow.NEW ? "new" : "established"));
            case "ct status" -> Optional.of(flow == Flow.NEW ? Set.of() : Set.of("confirmed"));
            case "fib daddr type", "fib daddr . iif type" -> Optional.of(Set.of("local"));
            case "fib daddr oifname", "fib daddr . iif oifname" -> Optional.of(Set.of("lo"));
            case "icmp type" -> only(protocol == ICMP, "echo-request");
            case "icmpv6 type" -> only(protocol == ICMPV6, "echo-request");
            case "igmp type" -> Optional.empty();
            case "tcp dport" -> only(protocol == Protocol.TCP.number(), Integer.toString(port));
            case "udp dport" -> only(protocol == Protocol.UDP.number(), Integer.toString(port));
            case "sctp dport" -> only(protocol == Protocol.SCTP.number(), Integer.toString(port));
            case "th dport" -> only(port != 0, Integer.toString(port));
            case "tcp sport" -> only(protocol == Protocol.TCP.number(), sourcePort());
            case "udp sport" -> only(protocol == Protocol.UDP.number(), sourcePort());
            case "sctp sport" -> only(protocol == Protocol.SCTP.number(), sourcePort());
            case "th sport" -> only(port != 0, sourcePort());
            default -> throw new AssertionError("a test packet does not know what it holds as " + name);
        };
    }

    /** The index of the interface; the loopback interface has index 1. */
    private static String number(String interfaceName) {
        return interfaceName.equals("lo") ? "1" : "2";
    }

    private Optional<Ip> destination() {
        return path == Path.IN ? at : Optional.of(from);
    }

    private String sourcePort() {
        return path == Path.IN ? "49152" : Integer.toString(port);
    }

    private static Optional<Set<String>> only(boolean has, String value) {
        return has ? Optional.of(Set.of(value)) : Optional.empty();
    }
}
