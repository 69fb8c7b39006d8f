package io.portero.events;

import java.util.Locale;

/** The origin of the policy in force. */
public enum Origin {
    /** The policy file, as it is on disk or as it was when it was last accepted. */
    FILE,
    /** The last confirmed policy, from the state directory. */
    LAST_GOOD,
    /** The fallback: the host is closed except for ssh, because there was nothing else to enforce. */
    FALLBACK;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
