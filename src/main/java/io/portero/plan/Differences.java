package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.compile.VerdictMap;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The differences between a table and the wanted ruleset, except for the members of sets. */
final class Differences {
    final SortedMap<String, Chain> chains;
    final SortedMap<String, NamedSet> sets;
    final SortedMap<String, VerdictMap> maps;
    /** Objects with our name but another definition, which must be created again. */
    final Set<String> misshapen = new TreeSet<>();
    /** Existing chains that must be refilled. */
    final Set<String> refilled = new TreeSet<>();

    private final Ruleset want;
    private final Snapshot have;

    Differences(Ruleset want, Snapshot have, KnownRules known) {
        this.want = want;
        this.have = have;
        this.chains = byName(want.chains(), Chain::name);
        this.sets = byName(want.sets(), NamedSet::name);
        this.maps = byName(want.maps(), VerdictMap::name);
        compare(known);
    }

    private static <T> SortedMap<String, T> byName(List<T> items, Function<T, String> name) {
        return items.stream().collect(Collectors.toMap(name, i -> i, (a, b) -> a, TreeMap::new));
    }

    private void compare(KnownRules known) {
        have.sets().values().stream().filter(this::isMisshapen).forEach(s -> misshapen.add(s.name()));
        have.maps().values().stream().filter(this::isMisshapen).forEach(m -> misshapen.add(m.name()));
        have.chains().values().stream().filter(this::isMisshapen).forEach(c -> misshapen.add(c.name()));
        boolean regularChainMisshapen = misshapen.stream()
                .flatMap(n -> Optional.ofNullable(chains.get(n)).stream())
                .anyMatch(c -> c.hook().isEmpty());
        if (regularChainMisshapen) { // elements of the maps refer to the chain
            maps.keySet().stream().filter(have.maps()::containsKey).forEach(misshapen::add);
        }
        for (var chain : have.chains().values()) {
            var wanted = chains.get(chain.name());
            if (wanted != null
                    && (differs(wanted, chain, known) || regularChainMisshapen || clingsToMisshapen(chain))) {
                refilled.add(chain.name());
            }
        }
    }

    private boolean isMisshapen(ActualSet set) {
        var wanted = sets.get(set.name());
        return wanted != null && !Make.isOf(wanted, set);
    }

    private boolean isMisshapen(ActualMap map) {
        var wanted = maps.get(map.name());
        return wanted != null
                && !(map.legible()
                        && map.type().equals(Make.type(wanted))
                        && map.flags().equals(Make.flags(wanted)));
    }

    private boolean isMisshapen(ActualChain chain) {
        var wanted = chains.get(chain.name());
        return wanted != null && !wanted.hook().equals(chain.hook());
    }

    private static boolean differs(Chain wanted, ActualChain chain, KnownRules known) {
        var rules = chain.rules();
        if (wanted.rules().size() != rules.size()) {
            return true;
        }
        for (int i = 0; i < rules.size(); i++) {
            if (!wanted.rules().get(i).comment().equals(rules.get(i).comment())
                    || known.contradicts(chain.name(), i, rules.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean clingsToMisshapen(ActualChain chain) {
        return chain.rules().stream().flatMap(r -> r.lookups().stream()).anyMatch(misshapen::contains);
    }

    /** Unwanted chains that refer to objects which must be created again. */
    List<String> inTheWay() {
        return have.chains().values().stream()
                .filter(chain -> !chains.containsKey(chain.name()) && clingsToMisshapen(chain))
                .map(ActualChain::name)
                .toList();
    }

    /** Unwanted base chains. */
    Set<String> leftHooks() {
        return have.chains().values().stream()
                .filter(chain -> chain.hook().isPresent() && !chains.containsKey(chain.name()))
                .map(ActualChain::name)
                .collect(Collectors.toSet());
    }

    /** Existing maps with our definition but other elements. */
    List<VerdictMap> changedMaps() {
        return want.maps().stream()
                .filter(map -> !misshapen.contains(map.name()))
                .filter(map -> {
                    var actual = have.maps().get(map.name());
                    return actual != null && !actual.targets().equals(map.targets());
                })
                .toList();
    }

    /** Whether there is more to do than to change members of sets and to remove leftovers. */
    boolean isAboutRules() {
        return !have.present()
                || have.dormant()
                || !refilled.isEmpty()
                || !misshapen.isEmpty()
                || !leftHooks().isEmpty()
                || !changedMaps().isEmpty()
                || Stream.of(
                                chains.keySet().stream()
                                        .filter(c -> !have.chains().containsKey(c)),
                                sets.keySet().stream().filter(s -> !have.sets().containsKey(s)),
                                maps.keySet().stream().filter(m -> !have.maps().containsKey(m)))
                        .anyMatch(missing -> missing.findAny().isPresent());
    }
}
