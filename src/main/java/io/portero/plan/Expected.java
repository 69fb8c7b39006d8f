package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.compile.VerdictMap;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.policy.AddressSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The snapshot that is expected after an apply of a ruleset, as far as plans depend on it. */
public final class Expected {
    private Expected() {}

    public static Snapshot of(Ruleset ruleset) {
        return new Snapshot(
                "",
                true,
                false,
                ruleset.counters(),
                named(ruleset.sets().stream().map(Expected::set).toList(), ActualSet::name),
                named(ruleset.maps().stream().map(Expected::map).toList(), ActualMap::name),
                named(ruleset.chains().stream().map(Expected::chain).toList(), ActualChain::name),
                List.of());
    }

    private static <T> TreeMap<String, T> named(List<T> items, Function<T, String> name) {
        return items.stream().collect(Collectors.toMap(name, i -> i, (a, b) -> a, TreeMap::new));
    }

    private static ActualSet set(NamedSet set) {
        var addresses = switch (set) {
            case NamedSet.Members members -> members.addresses();
            case NamedSet.Hosts hosts -> hosts.addresses();
            case NamedSet.Timed timed -> AddressSet.EMPTY;
            case NamedSet.Seen seen -> AddressSet.EMPTY;
            case NamedSet.Metered metered -> AddressSet.EMPTY;
            case NamedSet.Exceeded exceeded -> AddressSet.EMPTY;
            case NamedSet.Learnt learnt -> AddressSet.EMPTY;
        };
        return new ActualSet(set.name(), Make.type(set), Make.flags(set), addresses);
    }

    private static ActualMap map(VerdictMap map) {
        return new ActualMap(map.name(), Make.type(map), Make.flags(map), new TreeMap<>(map.targets()), true);
    }

    private static ActualChain chain(Chain chain) {
        var rules = chain.rules().stream()
                .map(r -> new ActualRule(r.comment(), r.text(), r.lookups()))
                .toList();
        return new ActualChain(chain.name(), chain.hook(), rules);
    }
}
