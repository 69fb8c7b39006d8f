package io.portero.exposure;

import java.util.Locale;

/** Who can reach a port, from everybody to nobody. */
public enum Scope {
    /** Everybody on the Internet, except for sources on a deny list. */
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
