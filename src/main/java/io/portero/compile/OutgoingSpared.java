package io.portero.compile;

import io.portero.compile.SourceSets.End;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets that leave although {@code outgoing} does not admit them. Checked right before a drop, so that no other
 * packet pays for it.
 *
 * <p>There are two parts. First, traffic that a host must send to stay on its network: ICMP and ICMPv6 of all types,
 * IGMP, VRRP advertisements, DHCP. Second, answers that connection tracking does not recognise: it has the wrong
 * direction of a flow if it lost the flow or first saw an answer, and no flow at all if another table exempts the
 * packets. A packet from a port of a service to a source that the service admits counts as such an answer, unless it
 * starts a flow: a SYN, or the first datagram. So a program cannot reach new destinations by using the port of a
 * service.
 */
final class OutgoingSpared {
    private static final String CHAIN = "outgoing.spared";
    private static final String NECESSARY = "outgoing.necessary";
    private static final String ANSWERS = "outgoing.answers";

    private OutgoingSpared() {}

    /** Returns for packets that may be dropped. */
    static Rule jump() {
        return new Rule("necessary, or an answer", "jump " + CHAIN);
    }

    static List<Chain> chains(Policy policy, SourceSets sources) {
        var answers = new ArrayList<Rule>();
        policy.enabledServices().forEach(service -> answers.addAll(answers(service, sources)));
        return List.of(necessary(), Chain.of(ANSWERS, answers), spared());
    }

    private static Chain spared() {
        return Chain.of(
                CHAIN,
                List.of(
                        new Rule(
                                "necessary: ICMP, IGMP, UDP, VRRP",
                                "meta l4proto { 1, 2, 17, 58, 112 } jump " + NECESSARY),
                        new Rule("expected by a helper of connection tracking", "ct state related accept"),
                        new Rule("expected by a helper of connection tracking", "ct status expected accept"),
                        new Rule("ends a connection", "tcp flags & rst == rst accept"),
                        new Rule("begins a connection", "tcp flags & (syn | ack) == syn return"),
                        new Rule("begins a flow", "meta l4proto != 6 ct state new return"),
                        new Rule("may be an answer", "jump " + ANSWERS)));
    }

    private static Chain necessary() {
        return Chain.of(
                NECESSARY,
                List.of(
                        new Rule("necessary ICMP", "meta l4proto 1 accept"),
                        new Rule("necessary ICMPv6", "meta l4proto 58 accept"),
                        new Rule("necessary IGMP: RFC 3376", "ip daddr 224.0.0.0/4 meta l4proto 2 accept"),
                        new Rule("necessary VRRP: RFC 5798", "ip daddr 224.0.0.18 meta l4proto 112 accept"),
                        new Rule("necessary VRRP: RFC 5798", "ip6 daddr ff02::12 meta l4proto 112 accept"),
                        new Rule("necessary DHCP: RFC 2131", "meta nfproto ipv4 udp sport 68 udp dport 67 accept"),
                        new Rule(
                                "necessary DHCPv6: RFC 8415", "meta nfproto ipv6 udp sport 546 udp dport 547 accept")));
    }

    /** Guests and draining sources get answers too. */
    private static List<Rule> answers(Service service, SourceSets sources) {
        var names = new ServiceNames(service.name());
        var rules = new ArrayList<Rule>();
        for (var port : service.ports()) {
            rules.addAll(sources.towards(service.fromKey(), service.from(), names.from(), from(port) + " ", "accept"));
            if (!service.from().any()) {
                rules.addAll(others(service, names.guests(), from(port)));
            }
            if (ServiceChains.drains(service)) {
                rules.addAll(others(service, names.drainingHosts(), from(port)));
                rules.addAll(others(service, names.draining(), from(port)));
            }
        }
        return rules;
    }

    private static List<Rule> others(Service service, String set, String condition) {
        return SourceSets.lookUp(
                End.DESTINATION, "services." + service.name(), set, SourceSets.BOTH, condition + " ", "accept");
    }

    private static String from(PortRange port) {
        if (!port.protocol().hasPorts()) {
            return "meta l4proto " + port.protocol().number();
        }
        return port.protocol().word() + " sport "
                + (port.first() == port.last() ? port.first() : port.first() + "-" + port.last());
    }
}
