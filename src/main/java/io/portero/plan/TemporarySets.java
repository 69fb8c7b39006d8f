package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.Rule;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Temporary names of sets that are created again: {@code itsp_v4.next} for {@code itsp_v4}.
 *
 * @param names the temporary names, by the real names
 */
record TemporarySets(SortedMap<String, String> names) {
    private static final String SUFFIX = ".next";

    TemporarySets {
        names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
    }

    /** The temporary name of a set. Names in a policy have no dot, so it cannot clash. */
    static String name(String set, int attempt) {
        return set + SUFFIX + (attempt == 1 ? "" : attempt);
    }

    boolean concerns(Chain chain) {
        return chain.rules().stream().anyMatch(this::concerns);
    }

    private boolean concerns(Rule rule) {
        return !names.isEmpty() && rule.lookups().stream().anyMatch(names::containsKey);
    }

    /** The chain with the temporary names of the sets. */
    Chain applyTo(Chain chain) {
        return concerns(chain)
                ? new Chain(
                        chain.name(),
                        chain.hook(),
                        chain.rules().stream().map(this::applyTo).toList())
                : chain;
    }

    private Rule applyTo(Rule rule) {
        return concerns(rule) ? rule.lookingInto(name -> names.getOrDefault(name, name)) : rule;
    }

    static NamedSet named(NamedSet set, String name) {
        return switch (set) {
            case NamedSet.Members members -> new NamedSet.Members(name, members.family(), members.addresses());
            case NamedSet.Hosts hosts -> new NamedSet.Hosts(name, hosts.family(), hosts.addresses());
            case NamedSet.Timed timed -> throw new IllegalArgumentException("its members are not ours: " + set.name());
            case NamedSet.Seen seen -> throw new IllegalArgumentException("its members are not ours: " + set.name());
            case NamedSet.Metered metered ->
                throw new IllegalArgumentException("its members are not ours: " + set.name());
            case NamedSet.Exceeded exceeded ->
                throw new IllegalArgumentException("its members are not ours: " + set.name());
            case NamedSet.Learnt learnt ->
                throw new IllegalArgumentException("its members are not ours: " + set.name());
        };
    }
}
