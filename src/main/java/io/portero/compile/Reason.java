package io.portero.compile;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a packet is dropped; each has a counter and a chain of its own. */
public enum Reason {
    DENY,
    BANNED,
    REVOKED,
    INVALID,
    NO_SERVICE,
    SOURCE;

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
