package io.portero.exposure;

import java.util.Locale;

/** The sources that can reach a port, from everybody to nobody. */
public enum Scope {
    /** Everybody on the Internet, except for sources on a deny list. */
    ANY,
    /** The sources that the policy names. */
    SOME,
    /** It listens, but the policy lets no packet through. */
    NOBODY,
    /** It is bound to a loopback address, so no packet from outside reaches it. */
    LOCAL;

    /** The word in metrics and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
