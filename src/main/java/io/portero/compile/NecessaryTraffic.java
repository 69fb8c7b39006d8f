package io.portero.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The traffic that every host needs, independent of its policy.
 *
 * <p>Two parts. Traffic that a host must receive to stay on its network (neighbour discovery, router advertisements,
 * multicast listening, DHCP, answers to its own multicast pings) passes from every source: a deny list with reserved
 * networks must not block DHCP. Every chain that drops looks there first, so that no other packet pays for it. ICMP
 * errors pass from every source that is not denied. ICMPv6 follows RFC 4890, section 4.4, with the hop limit that the
 * protocols demand of a neighbour.
 */
final class NecessaryTraffic {
    /** The chain of packets that pass from every source. */
    static final String CHAIN = "necessary";

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final String FROM_NEIGHBOUR = " ip6 hoplimit 255";
    private static final String ONE_HOP = " ip6 hoplimit 1";

    private NecessaryTraffic() {}

    /** The rules that send packets to the chain; they cost all other packets two look-ups. */
    static List<Rule> jumps() {
        return List.of(
                new Rule("necessary: ICMP, IGMP", "meta l4proto { 1, 2, 58 } jump " + CHAIN),
                new Rule("necessary: DHCP", "udp dport { 68, 546 } jump " + CHAIN));
    }

    static Chain chain() {
        var rules = new ArrayList<Rule>();
        rules.add(new Rule("necessary DHCP answers: RFC 2131", "meta nfproto ipv4 udp dport 68 accept"));
        rules.add(new Rule("necessary DHCPv6 answers: RFC 8415", "ip6 daddr fe80::/10 udp dport 546 accept"));
        rules.add(new Rule("necessary IGMP: RFC 3376", "ip daddr 224.0.0.0/4 meta l4proto 2 accept"));
        rules.add(type("icmp", "echo-reply", "", "answers to pings of this host, RFC 792"));
        rules.add(type("icmpv6", "echo-reply", "", "answers to pings of this host, RFC 4443"));
        rules.add(type("icmpv6", "nd-router-solicit", FROM_NEIGHBOUR, "RFC 4861"));
        rules.add(type("icmpv6", "nd-router-advert", FROM_NEIGHBOUR, "RFC 4861"));
        rules.add(type("icmpv6", "nd-neighbor-solicit", FROM_NEIGHBOUR, "RFC 4861"));
        rules.add(type("icmpv6", "nd-neighbor-advert", FROM_NEIGHBOUR, "RFC 4861"));
        rules.add(type("icmpv6", "ind-neighbor-solicit", FROM_NEIGHBOUR, "RFC 3122"));
        rules.add(type("icmpv6", "ind-neighbor-advert", FROM_NEIGHBOUR, "RFC 3122"));
        rules.add(type("icmpv6", "148", FROM_NEIGHBOUR, "certification path solicitation, RFC 3971"));
        rules.add(type("icmpv6", "149", FROM_NEIGHBOUR, "certification path advertisement, RFC 3971"));
        rules.add(type("icmpv6", "mld-listener-query", ONE_HOP, "RFC 3810"));
        rules.add(type("icmpv6", "mld-listener-report", ONE_HOP, "RFC 2710"));
        rules.add(type("icmpv6", "mld-listener-done", ONE_HOP, "RFC 2710"));
        rules.add(type("icmpv6", "mld2-listener-report", ONE_HOP, "RFC 3810"));
        rules.add(type("icmpv6", "151-153", ONE_HOP, "multicast router discovery, RFC 4286"));
        return Chain.of(CHAIN, rules);
    }

    /**
     * ICMP errors and ping.
     *
     * @param ping who may ping by ICMP, and {@code ping6} by ICMPv6
     */
    static List<DispatchEntry> entries(List<Rule> ping, List<Rule> ping6) {
        return List.of(icmp(ping), icmpv6(ping6));
    }

    private static DispatchEntry icmp(List<Rule> ping) {
        var rules = new ArrayList<Rule>();
        rules.add(type("icmp", "destination-unreachable", "", "path MTU, RFC 1191"));
        rules.add(type("icmp", "time-exceeded", "", "RFC 792"));
        rules.add(type("icmp", "parameter-problem", "", "RFC 792"));
        rules.addAll(ping);
        return whole("icmp", ICMP, rules);
    }

    private static DispatchEntry icmpv6(List<Rule> ping) {
        var rules = new ArrayList<Rule>();
        rules.add(type("icmpv6", "destination-unreachable", "", "RFC 4443"));
        rules.add(type("icmpv6", "packet-too-big", "", "path MTU, RFC 8201"));
        rules.add(type("icmpv6", "time-exceeded", "", "RFC 4443"));
        rules.add(type("icmpv6", "parameter-problem", "", "RFC 4443"));
        rules.addAll(ping);
        return whole("icmpv6", ICMPV6, rules);
    }

    private static Rule type(String protocol, String type, String condition, String source) {
        return new Rule(
                "necessary " + protocol + " " + type + ": " + source,
                protocol + " type " + type + condition + " accept");
    }

    private static DispatchEntry whole(String protocol, int number, List<Rule> rules) {
        var otherwise = List.of(
                new Rule("ping", protocol + " type echo-request goto " + Reason.SOURCE.chain()),
                new Rule("refused", "goto " + Reason.NO_SERVICE.chain()));
        return new DispatchEntry(
                "necessary_" + protocol,
                Long.MAX_VALUE,
                List.of(PortSlot.whole(number)),
                rules,
                List.of(),
                otherwise,
                Optional.empty());
    }
}
