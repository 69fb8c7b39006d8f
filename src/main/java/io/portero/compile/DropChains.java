package io.portero.compile;

import io.portero.policy.Family;
import io.portero.policy.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/** Where packets end that are refused: a chain for each reason, and what is remembered of their sources. */
final class DropChains {
    private static final String REMEMBER = "remember";
    /** What comes faster is counted by its reason alone: to remember a source costs more than all else that a dropped packet does. */
    private static final String FLOOD = "limit rate over 1000/second burst 1000 packets";

    private DropChains() {}

    /** @param sets gets what the kernel remembers */
    static List<Chain> of(Mode mode, SortedMap<String, NamedSet> sets) {
        var chains = new ArrayList<Chain>();
        chains.add(remember(mode, sets));
        Arrays.stream(Reason.values()).forEach(reason -> chains.add(dropChain(reason, mode)));
        return chains;
    }

    private static Chain dropChain(Reason reason, Mode mode) {
        boolean enforced = mode == Mode.ENFORCE;
        var key = "dropped: " + reason.word();
        var prefix = "portero: " + (enforced ? "drop " : "would drop ") + reason.word() + " ";
        var rules = new ArrayList<>(NecessaryTraffic.jumps());
        rules.add(new Rule(key, "counter name \"" + reason.counter() + "\""));
        if (enforced) {
            rules.add(new Rule(key + ", in a flood", FLOOD + " drop"));
        }
        rules.add(new Rule(key, "jump " + REMEMBER));
        rules.add(new Rule(key, "limit rate 5/second burst 20 packets log prefix \"" + prefix + "\" level info"));
        rules.add(new Rule(key, enforced ? "drop" : "accept"));
        return Chain.of(reason.chain(), rules);
    }

    /** While nothing is dropped, it is also told apart what they wanted: that is what somebody who observes must know. */
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
