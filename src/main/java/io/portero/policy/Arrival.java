package io.portero.policy;

import java.util.Optional;

/**
 * Where a packet comes in, as far as that is known.
 *
 * @param via the interface
 * @param at the address that it is sent to, before destination NAT
 * @param doubt whether a place that is not known may be the one that a service takes packets at; otherwise it is taken for one that
 *     no service names
 */
public record Arrival(Optional<String> via, Optional<Ip> at, boolean doubt) {
    public static final Arrival UNKNOWN = new Arrival(Optional.empty(), Optional.empty());

    /** Of a flow that ran, of which nothing is known. */
    public static final Arrival SOMEWHERE = somewhere(Optional.empty(), Optional.empty());

    public Arrival(Optional<String> via, Optional<Ip> at) {
        this(via, at, false);
    }

    public static Arrival by(String via) {
        return new Arrival(Optional.of(via), Optional.empty());
    }

    /** Of a flow that ran, of which no more is known: it came in somewhere. */
    public static Arrival somewhere(Optional<String> via, Optional<Ip> at) {
        return new Arrival(via, at, true);
    }
}
