package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.policy.InterfacePattern;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.OutgoingService;
import io.portero.policy.Policy;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What the kernel holds of {@code outgoing}: nothing where everything may leave.
 *
 * <p>Two base chains lead to the same rules. At hook output stand the packets of this host itself, at hook forward those of its
 * containers: what comes in by a bridge, or by a trusted interface of kind veth, and leaves by an interface that is not trusted.
 * Other packets that this host forwards, such as those of a VPN, are not its own. Both stand behind destination NAT, so that the
 * address is the real one, and before the filters of others (priority 0).
 *
 * <p>Answers pass first, at the cost of one comparison. What is not an answer is judged on every packet: a destination that is
 * taken away is out of reach at once. A packet that would be dropped meets {@link OutgoingSpared} before. With default accept, a
 * packet to a port that the policy does not name costs one look-up and leaves by the policy of the base chain.
 */
final class OutgoingChains {
    private static final String CONTAINERS = "outgoing.containers";
    private static final String BRIDGES = "outgoing.bridges";
    private static final Hook OUTPUT = new Hook("filter", "output", -10, "accept");
    private static final Hook FORWARD = new Hook("filter", "forward", -10, "accept");
    private static final Rule ANSWERS = new Rule("outgoing: answers", "ct direction reply accept");

    private final Policy policy;
    private final OutgoingPolicy outgoing;
    private final SourceSets sources;

    private OutgoingChains(Policy policy, SourceSets sources) {
        this.policy = policy;
        this.outgoing = policy.outgoing();
        this.sources = sources;
    }

    /** The chains, and the maps that lead from ports to them. */
    record Part(List<VerdictMap> maps, List<Chain> chains) {}

    /** @param sets gets what rules look into */
    static Part of(Policy policy, SourceSets sources, SortedMap<String, NamedSet> sets) {
        if (policy.outgoing().isOpen()) {
            return new Part(List.of(), List.of());
        }
        return new OutgoingChains(policy, sources).part(sets);
    }

    private Part part(SortedMap<String, NamedSet> sets) {
        var chains = new ArrayList<>(OutgoingSpared.chains(policy, sources));
        chains.add(DropChains.outgoing(policy.mode(), sets));
        var entries = new ArrayList<DispatchEntry>();
        for (var service : outgoing.enabledServices()) {
            var names = new OutgoingNames(service.name());
            chains.add(accept(service, names));
            entries.add(entry(service, 1, rules(service, names.acceptChain(), chains)));
        }
        for (var service : outgoing.enabledRefusals()) {
            var names = new OutgoingNames(service.name());
            chains.add(refuse(names));
            entries.add(entry(service, 0, rules(service, names.refuseChain(), chains)));
        }
        var dispatch = Dispatch.outgoing(entries, this::chain);
        chains.addAll(dispatch.chains());
        chains.addAll(bases(dispatch));
        return new Part(dispatch.maps(), chains);
    }

    private Chain accept(OutgoingService service, OutgoingNames names) {
        var key = outgoing.key(service);
        return Chain.of(
                names.acceptChain(),
                List.of(
                        new Rule(key, "ct status & confirmed == 0 counter name \"" + names.connections() + "\""),
                        new Rule(key, "counter name \"" + names.accepted() + "\" accept")));
    }

    private static Chain refuse(OutgoingNames names) {
        return Chain.of(
                names.refuseChain(),
                List.of(
                        OutgoingSpared.jump(),
                        new Rule("refused", "counter name \"" + names.refused() + "\""),
                        new Rule("refused", "goto " + Reason.OUTGOING.chain())));
    }

    /** The look-ups of a service's destinations, behind its interfaces where it names some. */
    private List<Rule> rules(OutgoingService service, String target, List<Chain> chains) {
        var names = new OutgoingNames(service.name());
        var key = outgoing.key(service);
        var rules = sources.towards(key + ".to", service.to(), names.to(), "", "goto " + target);
        if (service.on().isEmpty()) {
            return rules;
        }
        var behind = "jump " + names.on();
        if (rules.size() == 1 && rules.getFirst().isUnconditional()) {
            behind = rules.getFirst().text();
        } else {
            chains.add(Chain.of(names.on(), rules));
        }
        var led = behind;
        return service.on().stream()
                .map(i -> new Rule(key + ".on: " + i, "oifname \"" + i + "\" " + led))
                .toList();
    }

    /** @param rank services are asked before what refuses */
    private static DispatchEntry entry(OutgoingService service, long rank, List<Rule> rules) {
        var names = new OutgoingNames(service.name());
        var slots = service.ports().stream()
                .map(p -> new PortSlot(p.protocol().number(), p.first(), p.last()))
                .toList();
        return new DispatchEntry(
                names.chain(),
                rank,
                slots,
                rules,
                List.of(),
                List.of(),
                Optional.of(names.refused()).filter(c -> rank > 0));
    }

    /** What becomes of packets to ports that these share. */
    private Chain chain(String name, List<DispatchEntry> sharing) {
        var rules = new ArrayList<Rule>();
        sharing.stream().sorted(DispatchEntry.GENEROUS_FIRST).forEach(entry -> rules.addAll(entry.rules()));
        switch (outgoing.otherwise()) {
            case ACCEPT -> {}
            case DROP -> {
                rules.add(OutgoingSpared.jump());
                for (var entry : sharing) {
                    entry.refused().ifPresent(c -> rules.add(new Rule("refused", "counter name \"" + c + "\"")));
                }
                rules.add(new Rule("refused", "goto " + Reason.OUTGOING.chain()));
            }
        }
        return Chain.of(name, reachable(rules));
    }

    /** Without what comes after a rule that no packet passes. */
    private static List<Rule> reachable(List<Rule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).isFinal()) {
                return rules.subList(0, i + 1);
            }
        }
        return rules;
    }

    private List<Chain> bases(Dispatch dispatch) {
        var judging = new ArrayList<>(dispatch.lookUp());
        if (outgoing.otherwise() == Verdict.DROP) {
            judging.add(OutgoingSpared.jump());
            judging.add(new Rule("outgoing.default: drop", "goto " + Reason.OUTGOING.chain()));
        }
        var trusted = policy.trustedInterfaces().stream()
                .map(i -> new Rule("trusted-interfaces: " + i, InterfaceMatch.out(i) + " accept"))
                .toList();
        var output = new ArrayList<Rule>();
        output.add(ANSWERS);
        output.addAll(trusted);
        output.addAll(judging);
        var forward = new ArrayList<Rule>();
        forward.add(ANSWERS);
        forward.addAll(trusted);
        forward.add(new Rule(
                "from one bridge to another", "meta iifkind \"bridge\" meta oifkind \"bridge\" jump " + BRIDGES));
        forward.add(new Rule("containers on a bridge", "meta iifkind \"bridge\" goto " + CONTAINERS));
        policy.trustedInterfaces().stream()
                .filter(i -> !i.equals(InterfacePattern.LOOPBACK))
                .forEach(i -> forward.add(new Rule(
                        "containers on a cable: " + i,
                        "iifname \"" + i + "\" meta iifkind \"veth\" goto " + CONTAINERS)));
        return List.of(
                Chain.of(CONTAINERS, judging),
                bridges(),
                new Chain("output", Optional.of(OUTPUT), output),
                new Chain("forward", Optional.of(FORWARD), forward));
    }

    /**
     * A host may have its uplink on a bridge too. What such a one passes on within one network (br_netfilter shows it here) does not
     * leave it, and what others dialled at a published port was judged when it came in.
     */
    private static Chain bridges() {
        return Chain.of(
                BRIDGES,
                List.of(
                        new Rule("goes back where it came from", "fib daddr . iif oif exists accept"),
                        new Rule("a published port", "ct status dnat accept")));
    }
}
