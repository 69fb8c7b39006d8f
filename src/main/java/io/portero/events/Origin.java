package io.portero.events;

import java.util.Locale;

/** Where the policy in force comes from. */
public enum Origin {
    /** From the policy file as it lies on disk, or as it lay there when it was last accepted. */
    FILE,
    /** From the state directory: the last one that was confirmed. */
    LAST_GOOD,
    /** The fallback: the host is closed except for ssh, because there was nothing else to enforce. */
    FALLBACK;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
