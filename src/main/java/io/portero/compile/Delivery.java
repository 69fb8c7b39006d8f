package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.policy.InterfacePattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether a packet is addressed to this host, asked last, since a route look-up costs 0.4 microseconds.
 *
 * <p>A packet is addressed to this host if the kernel would deliver it here: local, broadcast, multicast and anycast
 * addresses (the subnet-router address of each IPv6 prefix, once forwarding is on; RFC 4291, section 2.6.1), and what
 * it would forward to a trusted interface although no published port led there. Everything else passes and is marked:
 * should the kernel deliver it here after all (addresses of other routing tables, VRF, AnyIP), hook input knows it by
 * the mark and drops it. No service has admitted such a packet, or it would not have reached this check.
 *
 * <p>The mark is one high bit of the packet's priority. Nothing reads the priority on the way in; routing does not use
 * it, unlike the packet mark; and IPv4 forwarding sets it again. So the check costs one comparison for a packet that
 * was judged.
 */
final class Delivery {
    static final String TO_THIS_HOST = "fib daddr type { local, broadcast, multicast, anycast }";

    private static final String NOT_OURS = "not_ours";
    private static final String ONLY_OURS = "only_ours";
    private static final String MARK = "0x40000000";
    private static final String WAVE_THROUGH = "meta priority set meta priority or " + MARK + " accept";

    private Delivery() {}

    /** Returns only for packets to this host. */
    static Rule askWhose() {
        return new Rule("not addressed to this host", "jump " + NOT_OURS);
    }

    static Chain notOurs(Collection<InterfacePattern> trusted) {
        var rules = new ArrayList<Rule>();
        // With br_netfilter the frame for the machines on the bridge and this host's copy are one packet here.
        rules.add(new Rule(
                "for machines on a bridge too: judged at hook input",
                "meta pkttype { broadcast, multicast } meta iifkind \"bridge\" " + WAVE_THROUGH));
        rules.add(new Rule("addressed to this host", TO_THIS_HOST + " return"));
        trusted.stream()
                .filter(i -> !i.equals(new InterfacePattern("lo")))
                .forEach(
                        i -> rules.add(new Rule("trusted-interfaces: " + i, "fib daddr oifname \"" + i + "\" return")));
        rules.add(new Rule("not addressed to this host", WAVE_THROUGH));
        return Chain.of(NOT_OURS, rules);
    }

    /**
     * The same check where packets must not be marked: ends the evaluation of packets that are not addressed to this
     * host.
     */
    static Rule passOnOthers() {
        return new Rule("not addressed to this host", "jump " + ONLY_OURS);
    }

    /** The chain for this check. */
    static Chain onlyOurs(Collection<InterfacePattern> trusted) {
        var rules = new ArrayList<Rule>();
        rules.add(new Rule("addressed to this host", TO_THIS_HOST + " return"));
        trusted.stream()
                .filter(i -> !i.equals(InterfacePattern.LOOPBACK))
                .forEach(
                        i -> rules.add(new Rule("trusted-interfaces: " + i, "fib daddr oifname \"" + i + "\" return")));
        rules.add(new Rule("not addressed to this host", "accept"));
        return Chain.of(ONLY_OURS, rules);
    }

    /** Drops marked packets, because no rule has admitted them. */
    static Chain input() {
        var rules = List.of(
                new Rule("judged before", "meta priority and " + MARK + " == 0 accept"),
                new Rule(
                        "for machines on a bridge too",
                        "fib daddr type { broadcast, multicast } goto " + Reason.NO_SERVICE.chain()),
                new Rule("delivered here, though not addressed to this host", "goto " + Reason.STRAY.chain()));
        return new Chain("input", Optional.of(Hook.DELIVERY), rules);
    }
}
