package io.portero.policy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The place of a host in its network, which a policy must respect.
 *
 * @param addresses the addresses of each interface; an empty set for an interface without one
 * @param defaultRoutes the default routes of all routing tables, including routes to half of the Internet or to all
 * public addresses
 * @param resolvers its name servers, without this host itself
 */
public record Surroundings(
        SortedMap<String, SortedSet<Ip>> addresses, List<DefaultRoute> defaultRoutes, SortedSet<Ip> resolvers) {
    /** Nothing is known, for example about another host. */
    public static final Surroundings UNKNOWN =
            new Surroundings(Collections.emptySortedMap(), List.of(), Collections.emptySortedSet());

    public Surroundings {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        defaultRoutes = List.copyOf(defaultRoutes);
        resolvers = Collections.unmodifiableSortedSet(new TreeSet<>(resolvers));
    }

    /**
     * One next hop of a default route.
     *
     * @param via the name of the interface
     * @param source the preferred source address of the route
     */
    public record DefaultRoute(String via, Optional<Ip> gateway, Optional<Ip> source) {}

    /** The next hops of the default routes. */
    public SortedSet<Ip> gateways() {
        var gateways = new TreeSet<Ip>();
        defaultRoutes.forEach(route -> route.gateway().ifPresent(gateways::add));
        return gateways;
    }
}
