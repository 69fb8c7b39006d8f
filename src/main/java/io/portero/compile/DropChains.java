package io.portero.compile;

import io.portero.policy.Family;
import io.portero.policy.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/** The chains that drop packets, one for each reason, and the sets that remember dropped sources. */
final class DropChains {
    private static final String REMEMBER = "remember";
    /**
     * Above this rate only the counter of the reason is updated: to store a source costs more than everything else
     * for a dropped packet.
     */
    private static final String FLOOD = "limit rate over 1000/second burst 1000 packets";

    private DropChains() {}

    /** @param sets receives the sets for dropped sources */
    static List<Chain> of(Mode mode, SortedMap<String, NamedSet> sets) {
        var chains = new ArrayList<Chain>();
        chains.add(remember(mode, sets));
        Arrays.stream(Reason.values())
                .filter(reason -> reason != Reason.OUTGOING)
                .forEach(reason -> chains.add(dropChain(reason, mode)));
        return chains;
    }

    private static Chain dropChain(Reason reason, Mode mode) {
        boolean enforced = mode == Mode.ENFORCE;
        var key = key(reason);
        var rules = new ArrayList<>(NecessaryTraffic.jumps());
        rules.add(new Rule(key, "counter name \"" + reason.counter() + "\""));
        if (enforced) {
            rules.add(new Rule(key + ", in a flood", FLOOD + " drop"));
        }
        rules.add(new Rule(key, "jump " + REMEMBER));
        rules.add(log(reason, mode, ""));
        rules.add(end(reason, mode));
        return Chain.of(reason.chain(), rules);
    }

    private static String key(Reason reason) {
        return "dropped: " + reason.word();
    }

    private static Rule log(Reason reason, Mode mode, String more) {
        var prefix = "portero: " + (mode == Mode.ENFORCE ? "drop " : "would drop ") + reason.word() + " ";
        return new Rule(
                key(reason), "limit rate 5/second burst 20 packets log prefix \"" + prefix + "\" level info" + more);
    }

    private static Rule end(Reason reason, Mode mode) {
        return new Rule(key(reason), mode == Mode.ENFORCE ? "drop" : "accept");
    }

    /**
     * For outgoing packets. They remember the destination, and for packets of this host's own sockets the user too, so
     * that the program can be found while it tries.
     *
     * @param sets receives the sets for dropped destinations
     */
    static Chain outgoing(Mode mode, SortedMap<String, NamedSet> sets) {
        var key = key(Reason.OUTGOING);
        var rules = new ArrayList<Rule>();
        rules.add(new Rule(key, "counter name \"" + Reason.OUTGOING.counter() + "\""));
        if (mode == Mode.ENFORCE) {
            rules.add(new Rule(key + ", in a flood", FLOOD + " drop"));
        }
        for (var family : Family.values()) {
            var daddr = SourceSets.End.DESTINATION.of(family);
            var ports = NamedSet.Seen.destinations(family);
            sets.put(ports.name(), ports);
            rules.add(new Rule(
                    "destinations and ports",
                    "meta l4proto { 6, 17, 132 } update @" + ports.name() + " { " + daddr
                            + " . meta l4proto . th dport counter }"));
            var users = NamedSet.Seen.users(family);
            sets.put(users.name(), users);
            rules.add(new Rule(
                    "destinations and users",
                    "meta l4proto { 6, 17, 132 } update @" + users.name() + " { " + daddr
                            + " . meta l4proto . th dport . meta skuid counter }"));
            var protocols = NamedSet.Seen.destinationProtocols(family);
            sets.put(protocols.name(), protocols);
            rules.add(new Rule(
                    "destinations and protocols",
                    "meta l4proto != { 6, 17, 132 } update @" + protocols.name() + " { " + daddr
                            + " . meta l4proto counter }"));
        }
        rules.add(log(Reason.OUTGOING, mode, " flags skuid"));
        rules.add(end(Reason.OUTGOING, mode));
        return Chain.of(Reason.OUTGOING.chain(), rules);
    }

    /** In mode observe the sets also remember the destination port, which an operator needs to complete the policy. */
    private static Chain remember(Mode mode, SortedMap<String, NamedSet> sets) {
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            var sources = NamedSet.Seen.sources(family);
            sets.put(sources.name(), sources);
            rules.add(
                    new Rule("sources", "update @" + sources.name() + " { " + SourceSets.saddr(family) + " counter }"));
        }
        if (mode == Mode.OBSERVE) {
            for (var family : Family.values()) {
                var flows = NamedSet.Seen.flows(family);
                sets.put(flows.name(), flows);
                rules.add(new Rule(
                        "sources and ports",
                        "meta l4proto { 6, 17, 132 } update @" + flows.name() + " { " + SourceSets.saddr(family)
                                + " . meta l4proto . th dport counter }"));
                var protocols = NamedSet.Seen.protocols(family);
                sets.put(protocols.name(), protocols);
                rules.add(new Rule(
                        "sources and protocols",
                        "meta l4proto != { 1, 6, 17, 58, 132 } update @" + protocols.name() + " { "
                                + SourceSets.saddr(family) + " . meta l4proto counter }"));
            }
        }
        return Chain.of(REMEMBER, rules);
    }
}
