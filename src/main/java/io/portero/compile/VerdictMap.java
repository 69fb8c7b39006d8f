package io.portero.compile;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A map from port or protocol to the chain that decides.
 *
 * <p>Its name contains a hash of its content, so that new content means a new map, which is filled while the rules
 * still use the old one. Each protocol has its own map of ports: a single map over pairs of protocol and port would be
 * enough, but its ranges make {@code nft monitor} 1.0.6 print invalid memory and crash.
 */
public record VerdictMap(String name, Lookup lookup, SortedMap<Interval, String> targets) {
    public VerdictMap {
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    }

    /** The key of the look-up. */
    public enum Lookup {
        PORT,
        PROTOCOL
    }

    static VerdictMap named(String prefix, Lookup lookup, Map<Interval, String> targets) {
        var sorted = new TreeMap<>(targets);
        return new VerdictMap(prefix + "_" + Rule.Hash.of(sorted.toString()), lookup, sorted);
    }

    /** The elements as nft reads them. */
    public List<String> elements() {
        return targets.entrySet().stream()
                .map(e -> element(e.getKey(), e.getValue()))
                .toList();
    }

    public static String element(Interval interval, String chain) {
        return interval + " : goto " + chain;
    }

    /** Ports, or the IANA number of one protocol; numbers, since names need a file that a small host may lack. */
    public record Interval(int first, int last) implements Comparable<Interval> {
        private static final Comparator<Interval> ORDER =
                Comparator.comparingInt(Interval::first).thenComparingInt(Interval::last);

        @Override
        public int compareTo(Interval other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }
}
