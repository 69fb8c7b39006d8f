package io.portero.lab;

import io.portero.policy.Family;
import java.util.List;
import java.util.Locale;

/**
 * The places of a lab and their addresses, all from the documentation ranges.
 *
 * <p>IPv4 by RFC 5737, IPv6 by RFC 3849. All other addresses belong to the stranger, who may send from any address and
 * receives what is sent to any other.
 */
public enum Place {
    /** The machine with the firewall. */
    HOST("192.0.2.1", "2001:db8::1", List.of(), List.of()),
    /** The router between all others. */
    WIRE("192.0.2.254", "2001:db8:fe::fe", List.of(), List.of()),
    STRANGER("192.0.2.99", "2001:db8:99::99", List.of("0.0.0.0/0"), List.of("::/0")),
    ITSP(
            "203.0.113.10",
            "2001:db8:203::10",
            List.of("203.0.113.0/24", "198.51.100.64/27"),
            List.of("2001:db8:203::/48", "2001:db8:bad::/48")),
    MONITOR("192.0.2.10", "2001:db8:10::10", List.of(), List.of()),
    ADMIN("198.51.100.7", "2001:db8:ad::7", List.of(), List.of("2001:db8:ad::/48")),
    /** On a bridge inside the host, reached by ports that the host publishes. */
    CONTAINER("172.31.255.2", "fd00:db8:c0::2", List.of(), List.of());

    public static final List<Place> OUTSIDE = List.of(STRANGER, ITSP, MONITOR, ADMIN);

    private final String v4;
    private final String v6;
    private final List<String> more4;
    private final List<String> more6;

    Place(String v4, String v6, List<String> more4, List<String> more6) {
        this.v4 = v4;
        this.v6 = v6;
        this.more4 = more4;
        this.more6 = more6;
    }

    public String address(Family family) {
        return switch (family) {
            case V4 -> v4;
            case V6 -> v6;
        };
    }

    /** The networks of this place: it may send from every address of them and is reached at each. */
    List<String> networks(Family family) {
        return switch (family) {
            case V4 -> more4;
            case V6 -> more6;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
