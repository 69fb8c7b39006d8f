package io.portero.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A set of addresses of both families in its one canonical form.
 *
 * <p>The ranges are sorted, disjoint and not adjacent, so two sets are equal exactly when they hold the same addresses,
 * however they were spelled. Building costs a sort of what is given; a look-up costs a binary search.
 */
public final class AddressSet {
    public static final AddressSet EMPTY = new AddressSet(new AddressRange[0]);

    private final AddressRange[] ranges;

    private AddressSet(AddressRange[] canonical) {
        this.ranges = canonical;
    }

    public static AddressSet of(AddressRange... ranges) {
        return of(Arrays.asList(ranges));
    }

    public static AddressSet of(Collection<AddressRange> ranges) {
        if (ranges.isEmpty()) {
            return EMPTY;
        }
        var sorted = ranges.toArray(AddressRange[]::new);
        Arrays.sort(sorted);
        return ofSorted(sorted);
    }

    private static AddressSet ofSorted(AddressRange[] sorted) {
        var merged = new ArrayList<AddressRange>(sorted.length);
        var current = sorted[0];
        for (var next : sorted) {
            if (touches(current, next)) {
                current = next.last().compareTo(current.last()) > 0
                        ? new AddressRange(current.first(), next.last())
                        : current;
            } else {
                merged.add(current);
                current = next;
            }
        }
        merged.add(current);
        return new AddressSet(merged.toArray(AddressRange[]::new));
    }

    /** Whether {@code next}, which does not start before {@code current}, overlaps it or follows without a gap. */
    private static boolean touches(AddressRange current, AddressRange next) {
        return current.family() == next.family()
                && (current.last().isHighest()
                        || next.first().compareTo(current.last().next()) <= 0);
    }

    public boolean isEmpty() {
        return ranges.length == 0;
    }

    /** Whether it holds the whole of a family. */
    public boolean isEverything() {
        return Arrays.stream(ranges).anyMatch(r -> r.prefixLength() == 0);
    }

    /** The number of ranges in canonical form, not of addresses. */
    public int rangeCount() {
        return ranges.length;
    }

    public List<AddressRange> ranges() {
        return Collections.unmodifiableList(Arrays.asList(ranges));
    }

    /** A part of the array, since IPv4 comes before IPv6. */
    public AddressSet only(Family family) {
        int start = ranges.length;
        int end = 0;
        for (int i = 0; i < ranges.length; i++) {
            if (ranges[i].family() == family) {
                start = Math.min(start, i);
                end = i + 1;
            }
        }
        return start == 0 && end == ranges.length ? this : part(start, end);
    }

    private AddressSet part(int start, int end) {
        return start < end ? new AddressSet(Arrays.copyOfRange(ranges, start, end)) : EMPTY;
    }

    /** How many members are single addresses, with no neighbour in the set. */
    public int hostCount() {
        int count = 0;
        for (var range : ranges) {
            if (range.isSingle()) {
                count++;
            }
        }
        return count;
    }

    /** Those members that are single addresses, with no neighbour in the set. */
    public AddressSet hosts() {
        return those(true);
    }

    /** All other members. */
    public AddressSet networks() {
        return those(false);
    }

    private AddressSet those(boolean single) {
        int hosts = hostCount();
        var kept = new AddressRange[single ? hosts : ranges.length - hosts];
        int next = 0;
        for (var range : ranges) {
            if (range.isSingle() == single) {
                kept[next++] = range;
            }
        }
        return new AddressSet(kept);
    }

    /** The ranges that the other set does not have in the same form. */
    public List<AddressRange> rangesNotOf(AddressSet other) {
        var left = new ArrayList<AddressRange>();
        int i = 0;
        for (var range : ranges) {
            while (i < other.ranges.length && other.ranges[i].compareTo(range) < 0) {
                i++;
            }
            if (i == other.ranges.length || !other.ranges[i].equals(range)) {
                left.add(range);
            }
        }
        return left;
    }

    /** Whether every address of the other set is in this one. */
    public boolean containsAll(AddressSet other) {
        int i = 0;
        for (var range : other.ranges) {
            while (i < ranges.length && ranges[i].last().compareTo(range.first()) < 0) {
                i++;
            }
            if (i == ranges.length
                    || ranges[i].first().compareTo(range.first()) > 0
                    || ranges[i].last().compareTo(range.last()) < 0) {
                return false;
            }
        }
        return true;
    }

    public boolean contains(Ip address) {
        return around(address).isPresent();
    }

    private Optional<AddressRange> around(Ip address) {
        int low = 0;
        int high = ranges.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            var range = ranges[middle];
            if (range.contains(address)) {
                return Optional.of(range);
            }
            if (range.first().compareTo(address) > 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }

    public AddressSet union(AddressSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        var all = new AddressRange[ranges.length + other.ranges.length];
        int mine = 0;
        int theirs = 0;
        for (int i = 0; i < all.length; i++) {
            all[i] = theirs == other.ranges.length
                            || mine < ranges.length && ranges[mine].compareTo(other.ranges[theirs]) <= 0
                    ? ranges[mine++]
                    : other.ranges[theirs++];
        }
        return ofSorted(all);
    }

    /** Whether all of a range is in it. */
    public boolean contains(AddressRange range) {
        return around(range.first())
                .filter(found -> found.contains(range.last()))
                .isPresent();
    }

    /** The addresses that are in this set and not in the other. */
    public AddressSet minus(AddressSet other) {
        var left = new ArrayList<AddressRange>();
        int i = 0;
        for (var range : ranges) {
            var first = range.first();
            boolean open = true;
            while (i < other.ranges.length && other.ranges[i].last().compareTo(first) < 0) {
                i++;
            }
            for (int j = i;
                    open && j < other.ranges.length && other.ranges[j].first().compareTo(range.last()) <= 0;
                    j++) {
                var hole = other.ranges[j];
                if (hole.first().compareTo(first) > 0) {
                    left.add(new AddressRange(first, hole.first().previous()));
                }
                open = hole.last().compareTo(range.last()) < 0;
                if (open) {
                    first = hole.last().next();
                }
            }
            if (open) {
                left.add(new AddressRange(first, range.last()));
            }
        }
        return new AddressSet(left.toArray(AddressRange[]::new));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressSet that && Arrays.equals(ranges, that.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }

    @Override
    public String toString() {
        return Arrays.stream(ranges).map(AddressRange::toString).collect(Collectors.joining(", "));
    }
}
