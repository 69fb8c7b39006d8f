package io.portero.compile;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The whole content of the table {@code inet portero}.
 *
 * <p>It contains every object that a rule or an element refers to, unless it is only an addition to a table. The base
 * chain is the last chain.
 */
public record Ruleset(SortedSet<String> counters, List<NamedSet> sets, List<VerdictMap> maps, List<Chain> chains) {
    public static final String TABLE = "inet portero";

    /** The table for the sets that other programs may add to, beside a sealed table. */
    public static final String BANS_TABLE = "inet portero_bans";

    public Ruleset {
        counters = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(counters));
        sets = List.copyOf(sets);
        maps = List.copyOf(maps);
        chains = List.copyOf(chains);
    }

    public boolean isEmpty() {
        return counters.isEmpty() && sets.isEmpty() && maps.isEmpty() && chains.isEmpty();
    }

    /** The one chain with a hook. */
    public Chain base() {
        return chains.getLast();
    }
}
