package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The places at which packets may come in, told apart as far as some services do.
 *
 * <p>A place is an interface of a kind and an address of a kind. Patterns of interfaces either cover each other or have nothing in
 * common, so that one interface stands for each pattern, and one for all others.
 */
final class Places {
    /** No interface has it in its name. */
    private static final String END = "\0";

    private Places() {}

    /**
     * @param via the name of an interface of the kind; it may be one that cannot be
     * @param at the addresses of the kind
     * @param on the interfaces in words
     * @param to the addresses in words
     */
    record Place(String via, AddressSet at, String on, String to) {

        /** Whether a service takes what comes in here. */
        boolean isTakenBy(Entrance entrance) {
            return entrance.takesBy(Optional.of(via))
                    && (entrance.to().isEmpty() || at.minus(entrance.to()).isEmpty());
        }

        /** The same for all interfaces or for all addresses. */
        Place without(boolean interfaces, boolean addresses) {
            return new Place(
                    via, addresses ? Sources.ANY.addresses(Map.of()) : at, interfaces ? "" : on, addresses ? "" : to);
        }

        /** Those who can send here: packets have both addresses of one family. */
        AddressSet possible(AddressSet sources) {
            var possible = AddressSet.EMPTY;
            for (var family : Family.values()) {
                if (!at.only(family).isEmpty()) {
                    possible = possible.union(sources.only(family));
                }
            }
            return possible;
        }
    }

    /** All combinations, each row with the same interface. */
    static List<List<Place>> of(Collection<Entrance> entrances) {
        var patterns = entrances.stream().flatMap(e -> e.on().stream()).collect(Collectors.toCollection(TreeSet::new));
        var addresses = addresses(entrances);
        var rows = new ArrayList<List<Place>>();
        for (var pattern : patterns) {
            rows.add(row(pattern.text().replace("*", END), " on " + words(pattern, patterns), addresses));
        }
        rows.add(row(END, patterns.isEmpty() ? "" : " on every other interface", addresses));
        return rows;
    }

    private static String words(InterfacePattern pattern, SortedSet<InterfacePattern> all) {
        var within = all.stream()
                .filter(p -> !p.equals(pattern) && pattern.covers(p))
                .map(InterfacePattern::text)
                .collect(Collectors.joining(", "));
        return pattern + (within.isEmpty() ? "" : " except " + within);
    }

    private static List<Place> row(String via, String on, List<AddressSet> addresses) {
        var row = new ArrayList<Place>();
        for (int i = 0; i < addresses.size(); i++) {
            boolean others = i == addresses.size() - 1;
            var to = addresses.size() == 1
                    ? ""
                    : others
                            ? " at every other address"
                            : " at " + FirstFew.of(addresses.get(i).ranges(), 4);
            row.add(new Place(via, addresses.get(i), on, to));
        }
        return row;
    }

    /** Disjoint; the last one holds what nobody names. */
    private static List<AddressSet> addresses(Collection<Entrance> entrances) {
        var rest = Sources.ANY.addresses(Map.of());
        var parts = new ArrayList<AddressSet>();
        for (var entrance : entrances) {
            var next = new ArrayList<AddressSet>();
            for (var part : parts) {
                var outside = part.minus(entrance.to());
                next.add(outside);
                next.add(part.minus(outside));
            }
            next.add(entrance.to().minus(entrance.to().minus(rest)));
            rest = rest.minus(entrance.to());
            parts = new ArrayList<>(next.stream().filter(p -> !p.isEmpty()).toList());
        }
        parts.add(rest);
        return parts;
    }
}
