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
 * The ways by which packets reach a look-up in each set of a table.
 *
 * <p>A way consists of: the base chain; the rules before; the jumps from chain to chain; the ports that a verdict map
 * requires; the rule with the look-up; and the fate of a matching packet, both in the chains that the rule leads to and
 * in the other base chains. Rules are identified by their comments, which contain a hash of the rule. Rules before the
 * look-up count if they use no set that plans change, such as those for trusted interfaces, because their effect
 * depends on no member of a set. So a foreign rule in a chain that all services share changes every way through that
 * chain.
 *
 * <p>A way without a verdict map is a lane: every packet takes it, whatever its port. In our rules a lane refuses.
 *
 * <p>Only chains that packets reach count: a chain that no rule and no map element in force leads to adds no way. Sets
 * with timeouts are left out, because plans never change their members.
 */
final class Ways {
    /** Stands for the ports of a lane. */
    private static final List<Interval> EACH_PACKET = List.of();

    private final Snapshot table;
    private final ChainLinks links;
    private final Map<String, Set<String>> lanes = new HashMap<>();
    private final Map<String, Map<String, TreeSet<Interval>>> ports = new HashMap<>();

    private Ways(Snapshot table) {
        this.table = table;
        this.links = new ChainLinks(table);
    }

    /** A dormant table sees no packet. */
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

    /** Whether a packet may pass both: outgoing packets are judged apart from incoming ones. */
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

    /** Terminates, because the kernel refuses rules that form a loop. */
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

    /** Whether any packet uses the set. */
    boolean leadTo(String set) {
        return lanes.containsKey(set) || ports.containsKey(set);
    }

    /** The lanes that use the set. */
    Set<String> lanes(String set) {
        return lanes.getOrDefault(set, Set.of());
    }

    /** Whether only lanes use the set. */
    boolean onlyByLanes(String set) {
        return !ports.containsKey(set);
    }

    boolean hasTheLanesOf(Ways other) {
        return lanes.equals(other.lanes);
    }

    /** Whether every packet that uses the set here would also use it by these other ways. */
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

    /** Merges adjacent ranges; ranges that are disjoint in a map are disjoint here. */
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
