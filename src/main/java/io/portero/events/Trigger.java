package io.portero.events;

import java.util.Locale;

/** The cause of a pass; more urgent ones come first. */
public enum Trigger {
    STARTUP,
    SIGNAL,
    /** Another program changed our table, or may have. */
    DRIFT,
    FILE,
    /** A policy was not confirmed, and is rolled back. */
    ROLLBACK,
    /** The addresses of names have changed, or there is other news about names. */
    DNS,
    /** Web lists have changed, or there is other news about them. */
    LIST,
    /** A member or a guest has expired. */
    EXPIRY,
    /** Addresses or routes of this host have changed. */
    NETWORK,
    /** It is time to check whether a policy on probation was confirmed. */
    PROBATION,
    /** It is time for the periodic check of the kernel. */
    PERIODIC;

    /** Whether answers or the time have changed, and not the file. */
    public boolean isRenewal() {
        return this == DNS || this == LIST || this == EXPIRY;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
