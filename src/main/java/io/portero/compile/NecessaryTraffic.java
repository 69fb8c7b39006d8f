package io.portero.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What no host works without, whatever its policy: ICMP errors, neighbour discovery, multicast listening, DHCP answers.
 *
 * <p>ICMPv6 follows RFC 4890, section 4.4, and adds the hop limit that the protocols themselves demand of a neighbour.
 */
final class NecessaryTraffic {
    private static final int ICMP = 1;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final String FROM_NEIGHBOUR = " ip6 hoplimit 255";
    private static final String ONE_HOP = " ip6 hoplimit 1";

    private NecessaryTraffic() {}

    /** @param ping what is done with echo requests of ICMP, and {@code ping6} with those of ICMPv6 */
    static List<DispatchEntry> lanes(List<Rule> ping, List<Rule> ping6) {
        return List.of(icmp(ping), icmpv6(ping6), dhcp(), dhcpv6());
    }

    private static DispatchEntry icmp(List<Rule> ping) {
        var rules = new ArrayList<Rule>();
        rules.add(type("icmp", "destination-unreachable", "", "path MTU, RFC 1191"));
        rules.add(type("icmp", "time-exceeded", "", "RFC 792"));
        rules.add(type("icmp", "parameter-problem", "", "RFC 792"));
        rules.addAll(ping);
        return whole("necessary_icmp", ICMP, rules);
    }

    private static DispatchEntry icmpv6(List<Rule> ping) {
        var rules = new ArrayList<Rule>();
        rules.add(type("icmpv6", "destination-unreachable", "", "RFC 4443"));
        rules.add(type("icmpv6", "packet-too-big", "", "path MTU, RFC 8201"));
        rules.add(type("icmpv6", "time-exceeded", "", "RFC 4443"));
        rules.add(type("icmpv6", "parameter-problem", "", "RFC 4443"));
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
        rules.addAll(ping);
        return whole("necessary_icmpv6", ICMPV6, rules);
    }

    private static Rule type(String protocol, String type, String condition, String source) {
        return new Rule(
                "necessary " + protocol + " " + type + ": " + source,
                protocol + " type " + type + condition + " accept");
    }

    private static DispatchEntry whole(String name, int protocol, List<Rule> rules) {
        return new DispatchEntry(name, List.of(PortSlot.whole(protocol)), rules, Optional.empty());
    }

    /** Answers are broadcast, so that connection tracking does not know them for answers. */
    private static DispatchEntry dhcp() {
        var rule = new Rule("necessary DHCP answers: RFC 2131", "meta nfproto ipv4 udp sport 67 accept");
        return new DispatchEntry("necessary_dhcp", List.of(new PortSlot(UDP, 68, 68)), List.of(rule), Optional.empty());
    }

    private static DispatchEntry dhcpv6() {
        var rule = new Rule("necessary DHCPv6 answers: RFC 8415", "ip6 saddr fe80::/10 udp sport 547 accept");
        return new DispatchEntry(
                "necessary_dhcpv6", List.of(new PortSlot(UDP, 546, 546)), List.of(rule), Optional.empty());
    }
}
