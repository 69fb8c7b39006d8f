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
 * The chains for {@code outgoing}; none if everything may leave.
 *
 * <p>Two base chains lead to the same rules. Hook output has the packets of this host itself. Hook forward has those of
 * its containers: packets that come in by a bridge, or by a trusted veth interface, and leave by an interface that is
 * not trusted. Other forwarded packets, such as those of a VPN, do not count. Both chains come after destination NAT,
 * so that they see the real address, and before the filters of other programs (priority 0).
 *
 * <p>Answers pass first, at the cost of one comparison. All other packets are judged one by one, so a removed
 * destination is out of reach at once. Packets that would be dropped pass {@link OutgoingSpared} first. With default
 * accept, a packet to a port that the policy does not name costs one look-up, and the policy of the base chain accepts
 * it.
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

    /** @param sets receives the sets that the rules use */
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

    /** The look-ups of a service's destinations, after the check of its interfaces, if any. */
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

    /** @param rank the order: services come before refusing entries */
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

    /** The rules for packets to ports that these entries share. */
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
     * The uplink of a host may be on a bridge too. Packets bridged within one network (visible here with br_netfilter)
     * do not leave it, and packets to a published port were judged when they came in.
     */
    private static Chain bridges() {
        return Chain.of(
                BRIDGES,
                List.of(
                        new Rule("goes back where it came from", "fib daddr . iif oif exists accept"),
                        new Rule("a published port", "ct status dnat accept")));
    }
}
