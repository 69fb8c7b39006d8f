package io.portero.policy;

import java.util.Locale;

/** The fate of a packet. */
public enum Verdict {
    ACCEPT,
    DROP;

    /** The word as policies, nft and metrics write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
