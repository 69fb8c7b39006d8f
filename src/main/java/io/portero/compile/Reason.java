package io.portero.compile;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a packet is dropped; each reason has its own counter and chain. */
public enum Reason {
    DENY,
    BANNED,
    REVOKED,
    INVALID,
    /** Another table exempted the packet from connection tracking, and no service has its port. */
    UNTRACKED,
    NO_SERVICE,
    SOURCE,
    /** Its source is over the limit of the service. */
    LIMIT,
    /**
     * The kernel delivered it here although its destination is not an address of this host by the main routing tables.
     */
    STRAY,
    /** This host or a container sent it, and {@code outgoing} does not let it leave. */
    OUTGOING;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String counter() {
        return "dropped_" + word();
    }

    String chain() {
        return "drop_" + word();
    }

    public static Optional<Reason> ofCounter(String counter) {
        return Arrays.stream(values()).filter(r -> r.counter().equals(counter)).findFirst();
    }
}
