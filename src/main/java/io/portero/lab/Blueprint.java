package io.portero.lab;

import io.portero.policy.Family;
import java.util.List;

/**
 * The scripts for {@code ip -batch} that build a lab.
 *
 * <p>The router has one cable to each place. All routes are to single addresses, so reachability never depends on a
 * shared network. Duplicate address detection is off, so addresses work at once. Places with networks of their own
 * receive packets for every address of them and may bind to each, by routes of type local.
 */
final class Blueprint {
    /** The router's address on every cable; RFC 3927. */
    private static final String GATEWAY = "169.254.0.1";

    private static final String GATEWAY6 = "fe80::1";
    private static final String NEAR6 = "fe80::2";
    private static final String BRIDGE = "br-portero";
    private static final String BRIDGE_ADDRESS = "172.31.255.1";
    private static final String BRIDGE_ADDRESS6 = "fd00:db8:c0::1";

    private final StringBuilder text = new StringBuilder();

    private Blueprint() {}

    /** Namespaces and cables, as seen from the namespace that the lab is built in. */
    static String cables(Namespaces names, boolean container) {
        var print = new Blueprint();
        for (var place : Place.OUTSIDE) {
            print.cable(names.of(place), names.of(Place.WIRE), "to-" + place.word());
        }
        print.cable(names.of(Place.HOST), names.of(Place.WIRE), "to-host");
        if (container) {
            print.cable(names.of(Place.CONTAINER), names.of(Place.HOST), "veth-container");
        }
        return print.text.toString();
    }

    private void cable(String from, String to, String end) {
        line("link add eth0 netns %s type veth peer name %s netns %s", from, end, to);
    }

    static String wire() {
        var print = new Blueprint();
        print.loopback();
        print.line("address add %s/32 dev lo", Place.WIRE.address(Family.V4));
        print.line("address add %s/128 dev lo nodad", Place.WIRE.address(Family.V6));
        print.socket(Place.HOST);
        Place.OUTSIDE.forEach(print::socket);
        return print.text.toString();
    }

    /** The router's end of a cable, and the routes to what is behind it. */
    private void socket(Place place) {
        var device = "to-" + place.word();
        up(device);
        line("address add %s/32 dev %s", GATEWAY, device);
        line("address add %s/64 dev %s nodad", GATEWAY6, device);
        line("route add %s/32 dev %s", place.address(Family.V4), device);
        line("route add %s/128 via %s dev %s", place.address(Family.V6), NEAR6, device);
        for (var network : place.networks(Family.V4)) {
            line("route add %s via %s dev %s onlink", network, place.address(Family.V4), device);
        }
        for (var network : place.networks(Family.V6)) {
            line("route add %s via %s dev %s", network, NEAR6, device);
        }
    }

    /** The end of a cable at a place. */
    static String place(Place place) {
        var print = new Blueprint();
        print.loopback();
        print.up("eth0");
        print.line("address add %s/32 dev eth0", place.address(Family.V4));
        print.line("address add %s/64 dev eth0 nodad", NEAR6);
        print.line("address add %s/128 dev eth0 nodad", place.address(Family.V6));
        if (place.networks(Family.V4).isEmpty() && place.networks(Family.V6).isEmpty()) {
            print.defaultRoutes(place);
        } else {
            print.networks(place);
        }
        return print.text.toString();
    }

    private void defaultRoutes(Place place) {
        line("route add %s dev eth0 scope link", GATEWAY);
        line("route add default via %s dev eth0 src %s", GATEWAY, place.address(Family.V4));
        line("route add default via %s dev eth0 src %s", GATEWAY6, place.address(Family.V6));
    }

    /** In the table local, which is looked up first, so that a route to everywhere still leaves a route to the host. */
    private void networks(Place place) {
        line("route add %s dev eth0 scope link table local", GATEWAY);
        line("route add fe80::/64 dev eth0 table local");
        for (var other : List.of(Place.HOST, Place.WIRE)) {
            line(
                    "route add %s via %s dev eth0 src %s table local",
                    other.address(Family.V4), GATEWAY, place.address(Family.V4));
            line(
                    "route add %s via %s dev eth0 src %s table local",
                    other.address(Family.V6), GATEWAY6, place.address(Family.V6));
        }
        for (var family : Family.values()) {
            place.networks(family).forEach(network -> line("route add local %s dev lo table local", network));
        }
    }

    /** A bridge inside the host, as container engines create it. */
    static String bridge() {
        var print = new Blueprint();
        print.line("link add %s type bridge", BRIDGE);
        print.line("link set %s addrgenmode none", BRIDGE);
        print.line("address add %s/24 dev %s", BRIDGE_ADDRESS, BRIDGE);
        print.line("address add %s/64 dev %s nodad", BRIDGE_ADDRESS6, BRIDGE);
        print.line("address add %s/64 dev %s nodad", GATEWAY6, BRIDGE);
        print.up("veth-container");
        print.line("link set veth-container master %s", BRIDGE);
        print.line("link set %s up", BRIDGE);
        return print.text.toString();
    }

    static String container() {
        var print = new Blueprint();
        print.loopback();
        print.up("eth0");
        print.line("address add %s/24 dev eth0", Place.CONTAINER.address(Family.V4));
        print.line("address add %s/64 dev eth0 nodad", Place.CONTAINER.address(Family.V6));
        print.line("address add %s/64 dev eth0 nodad", NEAR6);
        print.line("route add default via %s", BRIDGE_ADDRESS);
        print.line("route add default via %s", BRIDGE_ADDRESS6);
        return print.text.toString();
    }

    /**
     * The rules that a container engine adds, in a table of their own: destination NAT of a published port comes before
     * routing, so such packets never pass the host's input chain.
     */
    static String published(int published, int inside) {
        return """
                add table inet containers
                delete table inet containers
                table inet containers {
                    chain publish {
                        type nat hook prerouting priority dstnat; policy accept;
                        iifname != "%1$s" fib daddr type local meta nfproto ipv4 tcp dport %2$d dnat ip to %4$s:%3$d
                        iifname != "%1$s" fib daddr type local meta nfproto ipv6 tcp dport %2$d dnat ip6 to [%5$s]:%3$d
                        iifname != "%1$s" fib daddr type local meta nfproto ipv4 udp dport %2$d dnat ip to %4$s:%3$d
                        iifname != "%1$s" fib daddr type local meta nfproto ipv6 udp dport %2$d dnat ip6 to [%5$s]:%3$d
                    }
                    chain leave {
                        type nat hook postrouting priority srcnat; policy accept;
                        iifname "%1$s" oifname != "%1$s" masquerade
                    }
                }
                """.formatted(
                BRIDGE, published, inside, Place.CONTAINER.address(Family.V4), Place.CONTAINER.address(Family.V6));
    }

    private void loopback() {
        line("link set lo up");
    }

    private void up(String device) {
        line("link set %s addrgenmode none", device);
        line("link set %s up", device);
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values)).append('\n');
    }
}
