package io.portero.policy;

import java.util.Optional;

/**
 * Where a packet comes in, as far as that is known.
 *
 * @param via the interface; unknown, it is taken for one that the policy judges and no service names
 * @param at the address that it is sent to, before destination NAT; unknown, it is taken for one of this host that no service names
 */
public record Arrival(Optional<String> via, Optional<Ip> at) {
    public static final Arrival UNKNOWN = new Arrival(Optional.empty(), Optional.empty());

    public static Arrival by(String via) {
        return new Arrival(Optional.of(via), Optional.empty());
    }
}
