package io.portero.plan;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.util.Optional;
import java.util.Set;

/**
 * A packet that comes to the host, for an interpreter of rules.
 *
 * @param at which of the host's addresses it is sent to; without one, one that no rule names
 * @param protocol the IANA number
 * @param port that it is addressed to, 0 where the protocol has none
 */
public record Packet(Ip from, String via, Optional<Ip> at, int protocol, int port, Flow flow) {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    /** What it is to connection tracking. */
    public enum Flow {
        /** The first of its flow. */
        NEW,
        /** A later one, of the direction that the first had. */
        GOING_ON,
        /** One in answer to what the host has sent. */
        ANSWER
    }

    static Packet to(Protocol protocol, int port, Ip from, Flow flow) {
        return new Packet(from, "eth0", Optional.empty(), protocol.number(), port, flow);
    }

    static Packet ping(Ip from) {
        int protocol = from.family() == Family.V4 ? ICMP : ICMPV6;
        return new Packet(from, "eth0", Optional.empty(), protocol, 0, Flow.NEW);
    }

    Packet by(String interfaceName) {
        return new Packet(from, interfaceName, at, protocol, port, flow);
    }

    Packet at(Ip address) {
        return new Packet(from, via, Optional.of(address), protocol, port, flow);
    }

    /**
     * What a field that nft's rules can name holds in this packet, in nft's words; nothing when the packet has no such field.
     *
     * @throws AssertionError for a field that this packet cannot answer for
     */
    Optional<Set<String>> field(String name) {
        return switch (name) {
            case "iifname" -> Optional.of(Set.of(via));
            case "ip saddr" -> only(from.family() == Family.V4, from.toString());
            case "ip6 saddr" -> only(from.family() == Family.V6, from.toString());
            case "ip daddr" -> at.filter(ip -> ip.family() == Family.V4).map(ip -> Set.of(ip.toString()));
            case "ip6 daddr" -> at.filter(ip -> ip.family() == Family.V6).map(ip -> Set.of(ip.toString()));
            case "ip ttl" -> only(from.family() == Family.V4, "64");
            case "ip6 hoplimit" -> only(from.family() == Family.V6, "64");
            case "exthdr ah" ->
                only(from.family() == Family.V6, protocol == Protocol.AH.number() ? "exists" : "missing");
            case "ip6 nexthdr" -> only(from.family() == Family.V6, Integer.toString(protocol));
            case "meta nfproto" -> Optional.of(Set.of(from.family() == Family.V4 ? "ipv4" : "ipv6"));
            case "meta l4proto" -> Optional.of(Set.of(Integer.toString(protocol)));
            case "meta pkttype" -> Optional.of(Set.of("host", "unicast"));
            case "meta ibrname" -> Optional.empty();
            case "meta iifkind" -> Optional.of(Set.of("veth"));
            case "meta priority" -> Optional.of(Set.of()); // judged as addressed to this host, hence not marked
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
            case "tcp sport", "udp sport", "sctp sport", "th sport" -> only(port != 0, "49152");
            default -> throw new AssertionError("a test packet does not know what it holds as " + name);
        };
    }

    private static Optional<Set<String>> only(boolean has, String value) {
        return has ? Optional.of(Set.of(value)) : Optional.empty();
    }
}
