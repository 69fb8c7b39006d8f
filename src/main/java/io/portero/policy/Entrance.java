package io.portero.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where packets must come in for a service: by which interfaces, and to which addresses.
 *
 * <p>Interfaces are told by name alone, so that one which comes later counts from its first packet on. The address is the one
 * that was dialled, before destination NAT.
 *
 * @param on none for every interface; canonical, without what another pattern covers
 * @param to none for every address
 */
public record Entrance(SortedSet<InterfacePattern> on, AddressSet to) {
    public static final Entrance ANYWHERE = new Entrance(Collections.emptySortedSet(), AddressSet.EMPTY);

    public Entrance {
        on = Collections.unmodifiableSortedSet(widest(on));
    }

    public static Entrance of(Collection<InterfacePattern> on, AddressSet to) {
        return new Entrance(new TreeSet<>(on), to);
    }

    private static SortedSet<InterfacePattern> widest(Collection<InterfacePattern> patterns) {
        return patterns.stream()
                .filter(p -> patterns.stream().noneMatch(other -> !other.equals(p) && other.covers(p)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    public boolean isAnywhere() {
        return on.isEmpty() && to.isEmpty();
    }

    /** Whether it takes what comes in by this interface; where that is not known, by one that no pattern names. */
    public boolean takesBy(Optional<String> via) {
        return on.isEmpty() || via.filter(name -> on.stream().anyMatch(p -> p.matches(name))).isPresent();
    }

    /** Whether it takes what is sent to this address; where that is not known, to one that is not written. */
    public boolean takesAt(Optional<Ip> at) {
        return to.isEmpty() || at.filter(to::contains).isPresent();
    }

    /** The interfaces, as the end of a clause. */
    public String interfaces() {
        return on.stream().map(InterfacePattern::text).collect(Collectors.joining(", "));
    }

    /** The addresses, as the end of a clause. */
    public String addresses() {
        return FirstFew.of(to.ranges(), 4).toString();
    }
}
