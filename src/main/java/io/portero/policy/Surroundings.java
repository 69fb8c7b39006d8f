package io.portero.policy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a host shows of its own place in the network: what a policy that is put in force there must not get wrong.
 *
 * @param addresses those of each interface; an interface without one has an empty set
 * @param defaultRoutes those of all routing tables, and what stands for one: half of the Internet, or all that is public
 * @param resolvers who is asked for names, this host itself left out
 */
public record Surroundings(
        SortedMap<String, SortedSet<Ip>> addresses, List<DefaultRoute> defaultRoutes, SortedSet<Ip> resolvers) {
    /** Nothing is known, as of a host that is not this one. */
    public static final Surroundings UNKNOWN =
            new Surroundings(Collections.emptySortedMap(), List.of(), Collections.emptySortedSet());

    public Surroundings {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        defaultRoutes = List.copyOf(defaultRoutes);
        resolvers = Collections.unmodifiableSortedSet(new TreeSet<>(resolvers));
    }

    /**
     * One next hop of a route to everywhere.
     *
     * @param via the name of the interface
     * @param source the address that the route says packets are to be sent from
     */
    public record DefaultRoute(String via, Optional<Ip> gateway, Optional<Ip> source) {}

    /** The next hops of the default routes. */
    public SortedSet<Ip> gateways() {
        var gateways = new TreeSet<Ip>();
        defaultRoutes.forEach(route -> route.gateway().ifPresent(gateways::add));
        return gateways;
    }
}
