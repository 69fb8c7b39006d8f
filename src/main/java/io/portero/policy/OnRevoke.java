package io.portero.policy;

import java.util.Locale;

/** What happens to a running flow when its source loses access to the service. */
public enum OnRevoke {
    /** It stops at once. */
    CUT,
    /** It may end by itself, while new flows are refused. */
    DRAIN;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
