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
 * The content of the kernel's table {@code inet portero} at one moment.
 *
 * @param lister the program and version that listed it: another version may list the same rule differently
 * @param present whether the table exists
 * @param dormant whether the table is switched off, so that its chains see no packet
 * @param others objects of kinds that we never create
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
     * @param addresses its members that are addresses; empty for sets with timeouts
     * @param timed the members of a set with timeouts
     */
    public record ActualSet(
            String name, String type, Set<String> flags, AddressSet addresses, List<TimedMember> timed) {
        public ActualSet {
            timed = List.copyOf(timed);
        }

        /** A set without timeouts. */
        public ActualSet(String name, String type, Set<String> flags, AddressSet addresses) {
            this(name, type, flags, addresses, List.of());
        }
    }

    /** A verdict map; {@code legible} is false if it has content that our maps never have. */
    public record ActualMap(
            String name, String type, Set<String> flags, SortedMap<Interval, String> targets, boolean legible) {}

    /** A chain with its rules in order. */
    public record ActualChain(String name, Optional<Hook> hook, List<ActualRule> rules) {}

    /**
     * A rule.
     *
     * @param comment empty if it has none
     * @param body its statements, in a form that is equal in two listings of the same rule
     * @param lookups the sets and maps that it uses
     */
    public record ActualRule(String comment, String body, SortedSet<String> lookups) {}

    /** An object of a kind that we never create, such as a quota. */
    public record Other(String kind, String name) {
        /** The kind of one of our objects that was changed in a way that needs no name. */
        public static final String CHANGED = "changed";
    }
}
