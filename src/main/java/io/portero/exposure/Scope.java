package io.portero.exposure;

import java.util.Locale;

/** How many can reach something, from the most to none. */
public enum Scope {
    /** Whoever is on the Internet, save for those on a deny list. */
    ANY,
    /** The sources that the policy names. */
    SOME,
    /** It takes packets, and the policy lets none of them through. */
    NOBODY,
    /** It is bound to a loopback address: no packet from outside ever gets there. */
    LOCAL;

    /** The word as metrics and JSON write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
