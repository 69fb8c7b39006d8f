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
 * The paths by which packets reach a look-up in each set of a table.
 *
 * <p>A path consists of: the base chain; the rules before; the jumps from chain to chain; the ports that a verdict map
 * requires; the rule with the look-up; and the fate of a matching packet, both in the chains that the rule leads to and
 * in the other base chains. Rules are identified by their comments, which contain a hash of the rule. Rules before the
 * look-up count if they use no set that plans change, such as those for trusted interfaces, because their effect
 * depends on no member of a set. So a foreign rule in a chain that all services share changes every path through that
 * chain.
 *
 * <p>A path without a verdict map is for all ports. In our rules, the look-up at its end refuses.
 *
 * <p>Only chains that packets reach count: a chain that no rule and no map element in force leads to adds no path. Sets
 * with timeouts are left out, because plans never change their members.
 */
final class Paths {
    /** The ports of a path that requires none. */
    private static final List<Interval> ALL_PORTS = List.of();

    private final Snapshot table;
    private final ChainLinks links;
    private final Map<String, Set<String>> forAllPorts = new HashMap<>();
    private final Map<String, Map<String, TreeSet<Interval>>> forSomePorts = new HashMap<>();

    private Paths(Snapshot table) {
        this.table = table;
        this.links = new ChainLinks(table);
    }

    /** A dormant table sees no packet. */
    static Paths of(Snapshot table) {
        var paths = new Paths(table);
        var bases = table.chains().values().stream()
                .filter(chain -> chain.hook().isPresent() && !table.dormant())
                .toList();
        for (var base : bases) {
            var others = bases.stream()
                    .filter(other -> other != base && meet(base, other))
                    .map(paths.links::rules)
                    .toList();
            paths.follow(base, others + base.name(), ALL_PORTS);
        }
        return paths;
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
    private void follow(ActualChain chain, String path, Collection<Interval> admitted) {
        var soFar = path;
        for (var rule : chain.rules()) {
            var on = soFar + " > " + rule.comment();
            var taken = on + links.outcome(rule);
            for (var name : rule.lookups()) {
                var map = table.maps().get(name);
                if (map != null) {
                    dispatch(map, soFar, admitted);
                } else if (links.changes(name) && admitted.isEmpty()) {
                    addForAllPorts(name, taken);
                } else if (links.changes(name)) {
                    addForSomePorts(name, taken, admitted);
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

    private void dispatch(ActualMap map, String path, Collection<Interval> admitted) {
        var on = path + " > " + admitted + ChainLinks.withoutHash(map.name());
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

    private void addForAllPorts(String set, String path) {
        forAllPorts.computeIfAbsent(set, s -> new TreeSet<>()).add(path);
    }

    private void addForSomePorts(String set, String path, Collection<Interval> admitted) {
        forSomePorts
                .computeIfAbsent(set, s -> new HashMap<>())
                .computeIfAbsent(path, p -> new TreeSet<>())
                .addAll(admitted);
    }

    /** Whether any packet uses the set. */
    boolean leadTo(String set) {
        return forAllPorts.containsKey(set) || forSomePorts.containsKey(set);
    }

    /** The paths for all ports that lead to the set. */
    Set<String> forAllPorts(String set) {
        return forAllPorts.getOrDefault(set, Set.of());
    }

    /** Whether each path to the set is for all ports. */
    boolean areForAllPorts(String set) {
        return !forSomePorts.containsKey(set);
    }

    /** Whether the paths for all ports, to all sets, are equal. */
    boolean equalForAllPorts(Paths other) {
        return forAllPorts.equals(other.forAllPorts);
    }

    /** Whether every packet that uses the set here would also use it by these other paths. */
    boolean areAmong(Paths others, String set) {
        var wider = others.forSomePorts.getOrDefault(set, Map.of());
        return others.forAllPorts(set).containsAll(forAllPorts(set))
                && forSomePorts.getOrDefault(set, Map.of()).entrySet().stream()
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
