package io.portero.policy;

import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import io.portero.policy.Reference.Temporary;
import io.portero.policy.Reference.UrlList;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The members of a group: literal addresses, and references with their current addresses.
 *
 * <p>A value; the union is computed once.
 */
public final class Members {
    public static final Members NONE = new Members(AddressSet.EMPTY, Collections.emptySortedMap());

    private final AddressSet written;
    private final SortedMap<Reference, AddressSet> referred;
    private final AddressSet addresses;

    private Members(AddressSet written, SortedMap<Reference, AddressSet> referred) {
        this.written = written;
        this.referred = Collections.unmodifiableSortedMap(referred);
        this.addresses = referred.values().stream().reduce(written, AddressSet::union);
    }

    public static Members of(AddressSet written) {
        return of(written, Map.of());
    }

    public static Members of(AddressSet written, Map<Reference, AddressSet> referred) {
        return written.isEmpty() && referred.isEmpty() ? NONE : new Members(written, new TreeMap<>(referred));
    }

    public AddressSet written() {
        return written;
    }

    public SortedMap<Reference, AddressSet> referred() {
        return referred;
    }

    /** All current addresses. */
    public AddressSet addresses() {
        return addresses;
    }

    /**
     * The same members with the current addresses of names and web lists; a reference that is not in {@code current}
     * has no addresses.
     */
    Members with(Map<? extends Reference, AddressSet> current) {
        var next = new TreeMap<>(referred);
        next.replaceAll((reference, addresses) -> switch (reference) {
            case HostName name -> current.getOrDefault(name, AddressSet.EMPTY);
            case UrlList list -> current.getOrDefault(list, AddressSet.EMPTY);
            case ListFile list -> addresses;
            case Temporary temporary -> addresses;
        });
        return next.equals(referred) ? this : of(written, next);
    }

    /** The members that contain the address, as written. */
    Optional<String> holding(Ip address) {
        var range = written.ranges().stream()
                .filter(r -> r.contains(address))
                .map(AddressRange::toString)
                .findFirst();
        return range.or(() -> referred.entrySet().stream()
                .filter(e -> e.getValue().contains(address))
                .map(e -> e.getKey().toString())
                .findFirst());
    }

    /** The members at that time: without expired ones. */
    Members at(Instant now) {
        var next = new TreeMap<>(referred);
        next.replaceAll((reference, addresses) -> reference instanceof Temporary temporary
                ? temporary.isOver(now) ? AddressSet.EMPTY : AddressSet.of(temporary.range())
                : addresses);
        return next.equals(referred) ? this : of(written, next);
    }

    /** Whether there are no members at all, not even a reference without addresses. */
    public boolean nothingNamed() {
        return written.isEmpty() && referred.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Members that && written.equals(that.written) && referred.equals(that.referred);
    }

    @Override
    public int hashCode() {
        return 31 * written.hashCode() + referred.hashCode();
    }

    @Override
    public String toString() {
        return "written: " + written + "; " + referred;
    }
}
