package io.portero.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Ports of other hosts that this host and its containers may or may not reach.
 *
 * @param ports the destination ports, in canonical form, never empty
 * @param to the destinations, after destination NAT
 * @param on the interfaces where packets leave, empty for every interface; canonical, without patterns that another
 * pattern covers
 * @param enabled a disabled service is checked like any other and changes nothing
 */
public record OutgoingService(
        String name, List<PortRange> ports, Sources to, SortedSet<InterfacePattern> on, boolean enabled) {
    public OutgoingService {
        Name.valid(name);
        ports = PortRange.canonical(ports);
        on = Collections.unmodifiableSortedSet(widest(on));
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("an outgoing service needs a port");
        }
    }

    /** A service for every interface. */
    public static OutgoingService of(String name, Collection<PortRange> ports, Sources to) {
        return new OutgoingService(name, List.copyOf(ports), to, Collections.emptySortedSet(), true);
    }

    private static SortedSet<InterfacePattern> widest(Collection<InterfacePattern> patterns) {
        return patterns.stream()
                .filter(p -> patterns.stream().noneMatch(other -> !other.equals(p) && other.covers(p)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    OutgoingService to(Sources others) {
        return new OutgoingService(name, ports, others, on, enabled);
    }

    /** Whether this service contains the port. */
    public boolean has(PortRange port) {
        return enabled && ports.stream().anyMatch(p -> p.contains(port));
    }

    /**
     * Whether it applies to packets that leave by this interface; an unknown interface counts as one that no service
     * names.
     */
    public boolean leavesBy(Optional<String> via) {
        return on.isEmpty()
                || via.filter(name -> on.stream().anyMatch(p -> p.matches(name)))
                        .isPresent();
    }

    /** The interfaces, as the end of a clause. */
    public String interfaces() {
        return on.stream().map(InterfacePattern::text).collect(Collectors.joining(", "));
    }
}
