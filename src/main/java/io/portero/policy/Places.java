package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The places that a group of services distinguishes.
 *
 * <p>Two interface patterns are either disjoint, or one covers the other.
 */
final class Places {
    private Places() {}

    /** All places, in rows with the same interfaces; together they cover everything. */
    static List<List<Place>> of(Collection<Entrance> entrances) {
        var patterns = entrances.stream().flatMap(e -> e.on().stream()).collect(Collectors.toCollection(TreeSet::new));
        var addresses = addresses(entrances);
        var rows = new ArrayList<List<Place>>();
        for (var pattern : patterns) {
            var within = patterns.stream()
                    .filter(p -> !p.equals(pattern) && pattern.covers(p))
                    .collect(Collectors.toCollection(TreeSet::new));
            rows.add(row(Optional.of(pattern), within, addresses));
        }
        rows.add(row(Optional.empty(), patterns, addresses));
        return rows;
    }

    private static List<Place> row(
            Optional<InterfacePattern> by, SortedSet<InterfacePattern> except, List<AddressSet> addresses) {
        int others = addresses.size() - 1;
        return IntStream.rangeClosed(0, others)
                .mapToObj(i -> new Place(
                        by,
                        except,
                        addresses.get(i),
                        Optional.of(
                                        i < others
                                                ? FirstFew.of(addresses.get(i).ranges(), 4)
                                                        .toString()
                                                : "every other address")
                                .filter(words -> others > 0)))
                .toList();
    }

    /** Disjoint; the last one has the addresses that no service names. */
    private static List<AddressSet> addresses(Collection<Entrance> entrances) {
        var rest = Place.ALL_ADDRESSES;
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
