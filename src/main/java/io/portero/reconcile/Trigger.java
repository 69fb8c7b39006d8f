package io.portero.reconcile;

import java.util.Locale;

/** Why a pass is made. */
public enum Trigger {
    STARTUP,
    FILE,
    SIGNAL,
    /** Time has come to look whether all is as it should be. */
    PERIODIC;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
