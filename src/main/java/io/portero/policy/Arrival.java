package io.portero.policy;

import java.util.Optional;

/**
 * Where a packet comes in, as far as it is known.
 *
 * @param via the interface
 * @param at the destination address before destination NAT
 * @param doubt whether an unknown interface or address counts as one that a service names; otherwise it counts as one
 * that no service names
 */
public record Arrival(Optional<String> via, Optional<Ip> at, boolean doubt) {
    public static final Arrival UNKNOWN = new Arrival(Optional.empty(), Optional.empty());

    /** The arrival of an existing flow about which nothing is known. */
    public static final Arrival SOMEWHERE = somewhere(Optional.empty(), Optional.empty());

    public Arrival(Optional<String> via, Optional<Ip> at) {
        this(via, at, false);
    }

    public static Arrival by(String via) {
        return new Arrival(Optional.of(via), Optional.empty());
    }

    /** The arrival of an existing flow about which nothing else is known. */
    public static Arrival somewhere(Optional<String> via, Optional<Ip> at) {
        return new Arrival(via, at, true);
    }
}
