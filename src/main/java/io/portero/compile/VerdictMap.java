package io.portero.compile;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The map from protocol and port to the chain that decides.
 *
 * <p>Its name holds a hash of its content: another content is another map, which is filled while the rules still look
 * into the old one.
 */
public record VerdictMap(String name, SortedMap<Slot, String> targets) {
    public VerdictMap {
        targets = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    }

    static VerdictMap named(String prefix, Map<Slot, String> targets) {
        var sorted = new TreeMap<>(targets);
        return new VerdictMap(prefix + "_" + Rule.Hash.of(sorted.toString()), sorted);
    }

    /** The elements as nft reads them. */
    public List<String> elements() {
        return targets.entrySet().stream()
                .map(e -> element(e.getKey(), e.getValue()))
                .toList();
    }

    public static String element(Slot slot, String chain) {
        return slot + " : goto " + chain;
    }

    @Override
    public String toString() {
        return name + elements().stream().collect(Collectors.joining(", ", " { ", " }"));
    }

    /**
     * A range of the 16 bits where the protocols that have ports carry the destination port.
     *
     * @param protocol the IANA number; a protocol without ports takes the whole range
     */
    public record Slot(int protocol, int first, int last) implements Comparable<Slot> {
        private static final Comparator<Slot> ORDER = Comparator.comparingInt(Slot::protocol)
                .thenComparingInt(Slot::first)
                .thenComparingInt(Slot::last);

        @Override
        public int compareTo(Slot other) {
            return ORDER.compare(this, other);
        }

        /** Numbers throughout: names of protocols need a file that a small host may lack. */
        @Override
        public String toString() {
            return protocol + " . " + (first == last ? "" + first : first + "-" + last);
        }
    }
}
