package io.portero.compile;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Everything that the table {@code inet portero} holds.
 *
 * <p>Everything that a rule or an element names is in it, unless it is a part that adds to a table. The base chain is the
 * last of the chains.
 */
public record Ruleset(SortedSet<String> counters, List<NamedSet> sets, List<VerdictMap> maps, List<Chain> chains) {
    public static final String TABLE = "inet portero";

    /** Where a sealed table keeps the sets that other programs may add to. */
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
