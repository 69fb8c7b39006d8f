package io.portero.plan;

import io.portero.compile.Chain.Hook;
import io.portero.compile.VerdictMap.Interval;
import io.portero.policy.AddressSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the kernel's table {@code inet portero} holds at one moment.
 *
 * @param lister what listed it, in which version: the same rule may look another way in another one
 * @param present whether there is such a table at all
 * @param dormant whether the table is switched off as a whole, its chains seeing no packet
 * @param others objects of kinds that we never make
 */
public record Snapshot(
        String lister,
        boolean present,
        boolean dormant,
        SortedSet<String> counters,
        SortedMap<String, ActualSet> sets,
        SortedMap<String, ActualMap> maps,
        SortedMap<String, ActualChain> chains,
        List<Other> others) {
    public static final Snapshot ABSENT = new Snapshot(
            "",
            false,
            false,
            Collections.emptySortedSet(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            List.of());

    public Snapshot {
        counters = Collections.unmodifiableSortedSet(new TreeSet<>(counters));
        sets = Collections.unmodifiableSortedMap(new TreeMap<>(sets));
        maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
        chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
        others = List.copyOf(others);
    }

    /**
     * A named set.
     *
     * @param type nft's name of the key type
     * @param addresses its members, as far as they are addresses; left empty for sets with timeouts
     * @param timed the members of a set with timeouts
     */
    public record ActualSet(
            String name, String type, Set<String> flags, AddressSet addresses, List<TimedMember> timed) {
        public ActualSet {
            timed = List.copyOf(timed);
        }

        /** One whose members, if any, have no timeouts. */
        public ActualSet(String name, String type, Set<String> flags, AddressSet addresses) {
            this(name, type, flags, addresses, List.of());
        }
    }

    /** A verdict map; {@code legible} is false when it holds what no map of ours ever does. */
    public record ActualMap(
            String name, String type, Set<String> flags, SortedMap<Interval, String> targets, boolean legible) {}

    /** A chain with its rules in order. */
    public record ActualChain(String name, Optional<Hook> hook, List<ActualRule> rules) {}

    /**
     * A rule.
     *
     * @param comment empty when it has none
     * @param body what it does, in a form that two listings of the same rule share
     * @param lookups the sets and maps that it looks things up in
     */
    public record ActualRule(String comment, String body, SortedSet<String> lookups) {}

    /** An object that is not ours by its kind alone, such as a quota. */
    public record Other(String kind, String name) {
        /** The kind of what is there and ours, but was changed in a way that needs no naming. */
        public static final String CHANGED = "changed";
    }
}
