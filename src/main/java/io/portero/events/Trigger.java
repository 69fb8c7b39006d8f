package io.portero.events;

import java.util.Locale;

/** Why a pass is made; the more urgent come first. */
public enum Trigger {
    STARTUP,
    SIGNAL,
    /** Somebody else changed our table, or may have. */
    DRIFT,
    FILE,
    /** A policy was not confirmed, and the one before is put back. */
    ROLLBACK,
    /** Names stand for other addresses than before, or there is something else to tell of them. */
    DNS,
    /** Lists on the web hold something else than before, or there is something else to tell of them. */
    LIST,
    /** The time of a member or of a guest is over. */
    EXPIRY,
    /** Addresses or routes of this host have changed. */
    NETWORK,
    /** Time has come to look whether a policy on probation was confirmed. */
    PROBATION,
    /** Time has come to look whether all is as it should be. */
    PERIODIC;

    /** Whether it is the answers that are new, or the time that has come, and not the file. */
    public boolean isRenewal() {
        return this == DNS || this == LIST || this == EXPIRY;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
