package io.portero.compile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Splits overlapping port slots of dispatch entries into disjoint ones, each with all its entries.
 *
 * <p>It sweeps over the borders: n slots give at most 2n - 1 disjoint ones, and adjacent slots with the same entries
 * are merged.
 */
final class PortDispatch {
    private PortDispatch() {}

    /** The entries of each slot, ordered by name. */
    static SortedMap<PortSlot, List<DispatchEntry>> disjoint(Collection<DispatchEntry> entries) {
        var byProtocol = new TreeMap<Integer, List<Claim>>();
        for (var entry : entries) {
            for (var slot : entry.slots()) {
                byProtocol
                        .computeIfAbsent(slot.protocol(), p -> new ArrayList<>())
                        .add(new Claim(slot, entry));
            }
        }
        var result = new TreeMap<PortSlot, List<DispatchEntry>>();
        byProtocol.forEach((protocol, claims) -> sweep(protocol, claims, result));
        return result;
    }

    private record Claim(PortSlot slot, DispatchEntry entry) {}

    private static void sweep(int protocol, List<Claim> claims, Map<PortSlot, List<DispatchEntry>> result) {
        var opening =
                claims.stream().collect(Collectors.groupingBy(c -> c.slot().first()));
        var closing =
                claims.stream().collect(Collectors.groupingBy(c -> c.slot().last() + 1));
        var borders = new TreeSet<>(opening.keySet());
        borders.addAll(closing.keySet());

        var open = new TreeMap<String, DispatchEntry>();
        int first = 0;
        List<DispatchEntry> current = List.of();
        for (int border : borders) {
            closing.getOrDefault(border, List.of())
                    .forEach(c -> open.remove(c.entry().name()));
            opening.getOrDefault(border, List.of())
                    .forEach(c -> open.put(c.entry().name(), c.entry()));
            var next = List.copyOf(open.values());
            if (!next.equals(current)) {
                if (!current.isEmpty()) {
                    result.put(new PortSlot(protocol, first, border - 1), current);
                }
                first = border;
                current = next;
            }
        }
    }
}
