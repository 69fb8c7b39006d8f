package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.VerdictMap.Interval;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * By which ways packets come to look into each set of a table.
 *
 * <p>A way is the chain with the hook, the rules that are passed, the rules that lead on from chain to chain, the ports that a
 * verdict map demands, the rule that looks into the set, and what becomes of a packet that it takes: in the chains that it
 * leads to, and in the other chains with hooks. Rules are told by their comments, which hold a hash of what they do. Rules
 * that are passed count where they look into nothing that plans change, such as those for trusted interfaces: what they do to
 * the packet depends on no member of a set. So a rule that somebody put into a chain that all services share makes another way of
 * each that leads through it.
 *
 * <p>A way on which no verdict map was asked is a lane: each packet takes it, whatever its port, and in our rules a lane
 * refuses.
 *
 * <p>Only what packets reach counts: a chain that no rule and no element of a map in force leads to adds no way. Sets with
 * timeouts are left out, since plans never change their members.
 */
final class Ways {
    /** What a lane has in place of ports. */
    private static final List<Interval> EACH_PACKET = List.of();

    private final Snapshot table;
    private final ChainLinks links;
    private final Map<String, Set<String>> lanes = new HashMap<>();
    private final Map<String, Map<String, TreeSet<Interval>>> ports = new HashMap<>();

    private Ways(Snapshot table) {
        this.table = table;
        this.links = new ChainLinks(table);
    }

    /** A table that sleeps sees no packet. */
    static Ways of(Snapshot table) {
        var ways = new Ways(table);
        var bases = table.chains().values().stream()
                .filter(chain -> chain.hook().isPresent() && !table.dormant())
                .toList();
        for (var base : bases) {
            var others = bases.stream()
                    .filter(other -> other != base && meet(base, other))
                    .map(ways.links::rules)
                    .toList();
            ways.follow(base, others + base.name(), EACH_PACKET);
        }
        return ways;
    }

    /** Whether a packet may come to both: what this host sends or forwards for its containers is judged apart from what comes in. */
    private static boolean meet(ActualChain base, ActualChain other) {
        return side(base) == side(other);
    }

    private enum Side {
        IN,
        OUT,
        THROUGH
    }

    private static Side side(ActualChain base) {
        return switch (base.hook().map(Chain.Hook::hook).orElse("")) {
            case "output" -> Side.OUT;
            case "forward" -> Side.THROUGH;
            default -> Side.IN;
        };
    }

    /** Comes to an end, since the kernel takes no rules that lead in a circle. */
    private void follow(ActualChain chain, String way, Collection<Interval> admitted) {
        var soFar = way;
        for (var rule : chain.rules()) {
            var on = soFar + " > " + rule.comment();
            var taken = on + links.outcome(rule);
            for (var name : rule.lookups()) {
                var map = table.maps().get(name);
                if (map != null) {
                    dispatch(map, soFar, admitted);
                } else if (links.changes(name) && admitted.isEmpty()) {
                    addLane(name, taken);
                } else if (links.changes(name)) {
                    addPorts(name, taken, admitted);
                }
            }
            var leads = links.of(rule);
            for (var next : leads.to()) {
                if (links.looksIntoAny(next)) {
                    follow(next, on, admitted);
                }
            }
            soFar = links.depends(rule) ? soFar : leads.comesBack() ? taken : on;
        }
    }

    private void dispatch(ActualMap map, String way, Collection<Interval> admitted) {
        var on = way + " > " + admitted + ChainLinks.withoutHash(map.name());
        var byTarget = map.targets().entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue, TreeMap::new, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        byTarget.forEach((target, intervals) -> {
            var next = table.chains().get(target);
            if (next != null && links.looksIntoAny(next)) {
                follow(next, on, intervals);
            }
        });
    }

    private void addLane(String set, String way) {
        lanes.computeIfAbsent(set, s -> new TreeSet<>()).add(way);
    }

    private void addPorts(String set, String way, Collection<Interval> admitted) {
        ports.computeIfAbsent(set, s -> new HashMap<>())
                .computeIfAbsent(way, w -> new TreeSet<>())
                .addAll(admitted);
    }

    /** Whether any packet comes to look into the set. */
    boolean leadTo(String set) {
        return lanes.containsKey(set) || ports.containsKey(set);
    }

    /** The lanes that look into the set. */
    Set<String> lanes(String set) {
        return lanes.getOrDefault(set, Set.of());
    }

    /** Whether nothing but lanes leads to the set. */
    boolean onlyByLanes(String set) {
        return !ports.containsKey(set);
    }

    boolean hasTheLanesOf(Ways other) {
        return lanes.equals(other.lanes);
    }

    /** Whether no packet comes to look into the set that would not by these other ways. */
    boolean areAmong(Ways others, String set) {
        var wider = others.ports.getOrDefault(set, Map.of());
        return others.lanes(set).containsAll(lanes(set))
                && ports.getOrDefault(set, Map.of()).entrySet().stream()
                        .allMatch(e -> covers(wider.getOrDefault(e.getKey(), new TreeSet<>()), e.getValue()));
    }

    private static boolean covers(TreeSet<Interval> wide, TreeSet<Interval> narrow) {
        var joined = joined(wide);
        return joined(narrow).stream()
                .allMatch(n -> joined.stream().anyMatch(w -> w.first() <= n.first() && n.last() <= w.last()));
    }

    /** Neighbours as one; what is disjoint in a map is here as well. */
    private static List<Interval> joined(TreeSet<Interval> intervals) {
        var joined = new ArrayList<Interval>();
        for (var next : intervals) {
            if (!joined.isEmpty() && next.first() == joined.getLast().last() + 1) {
                joined.add(new Interval(joined.removeLast().first(), next.last()));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}
