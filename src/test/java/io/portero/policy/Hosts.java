package io.portero.policy;

import io.portero.policy.Surroundings.DefaultRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Creates hosts with interfaces, routes and resolvers, for tests. */
public final class Hosts {
    private final TreeMap<String, SortedSet<Ip>> addresses = new TreeMap<>();
    private final List<DefaultRoute> routes = new ArrayList<>();
    private final SortedSet<Ip> resolvers = new TreeSet<>();

    public static Hosts with(String name, String... addresses) {
        return new Hosts().and(name, addresses);
    }

    public Hosts and(String name, String... own) {
        var all = new TreeSet<Ip>();
        List.of(own).forEach(a -> all.add(ip(a)));
        addresses.put(name, all);
        return this;
    }

    public Hosts route(String via, String gateway) {
        routes.add(new DefaultRoute(via, Optional.of(ip(gateway)), Optional.empty()));
        return this;
    }

    public Hosts routeFrom(String via, String source) {
        routes.add(new DefaultRoute(via, Optional.empty(), Optional.of(ip(source))));
        return this;
    }

    public Hosts resolver(String address) {
        resolvers.add(ip(address));
        return this;
    }

    public Surroundings host() {
        return new Surroundings(addresses, routes, resolvers);
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
