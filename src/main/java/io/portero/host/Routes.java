package io.portero.host;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where packets to an address would leave this host, by the main tables of {@code /proc/net/route} and {@code ipv6_route}.
 *
 * <p>The longest prefix wins, then the lowest metric. Rules of policy routing are not looked at.
 */
final class Routes {
    private static final int GATEWAY = 0x2;

    private final List<Route> routes;

    private Routes(List<Route> routes) {
        this.routes = routes;
    }

    /**
     * One route.
     *
     * @param onLink whether its addresses are reached without a gateway
     */
    record Route(AddressRange to, String via, boolean onLink, long metric) {}

    static Routes parse(List<String> route, List<String> route6) {
        var found = new ArrayList<Route>();
        for (var line : route) {
            var words = line.strip().split("\\s+");
            if (words.length > 7 && RouteTables.leads(words[3])) {
                var network = AddressRange.network(RouteTables.v4(words[1]), Long.bitCount(RouteTables.hex(words[7])));
                found.add(new Route(network, words[0], isOnLink(words[3]), Long.parseLong(words[6])));
            }
        }
        for (var line : route6) {
            var words = line.strip().split("\\s+");
            if (words.length > 9 && RouteTables.leads(words[8])) {
                var network = AddressRange.network(RouteTables.v6(words[0]), (int) RouteTables.hex(words[1]));
                found.add(new Route(network, words[9], isOnLink(words[8]), RouteTables.hex(words[5])));
            }
        }
        return new Routes(found);
    }

    Optional<Route> to(Ip address) {
        return routes.stream()
                .filter(r -> r.to().contains(address))
                .max(Comparator.comparingInt((Route r) -> r.to().prefixLength())
                        .thenComparing(Route::metric, Comparator.reverseOrder()));
    }

    /** Whether the interface holds a default route. */
    boolean isUplink(String name) {
        return routes.stream().anyMatch(r -> r.via().equals(name) && r.to().prefixLength() == 0);
    }

    private static boolean isOnLink(String flags) {
        return (RouteTables.hex(flags) & GATEWAY) == 0;
    }
}
