package io.portero.demo;

import io.portero.lab.Place;
import io.portero.policy.Family;
import java.util.List;

/** A client in the demonstration, with its place and its addresses. */
record Someone(String name, Place place, String v4, String v6) {
    static final Someone ADMIN = at("admin", Place.ADMIN);
    static final Someone ITSP = at("ITSP", Place.ITSP);
    static final Someone MONITORING = at("monitor", Place.MONITOR);
    static final Someone STRANGER = at("stranger", Place.STRANGER);
    /** In the ITSP's network, and on the blocklist of the policy. */
    static final Someone DENIED = new Someone("denied", Place.ITSP, "203.0.113.66", "2001:db8:bad::66");

    static final List<Someone> ALL = List.of(ADMIN, ITSP, MONITORING, STRANGER, DENIED);

    private static Someone at(String name, Place place) {
        return new Someone(name, place, place.address(Family.V4), place.address(Family.V6));
    }

    String address(Family family) {
        return switch (family) {
            case V4 -> v4;
            case V6 -> v6;
        };
    }

    /** Whether this is the address from which the place sends by default. */
    boolean isHome() {
        return v4.equals(place.address(Family.V4));
    }
}
