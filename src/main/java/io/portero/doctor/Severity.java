package io.portero.doctor;

import java.util.Locale;

/** How bad it is, the worst first. */
public enum Severity {
    /** Calls fail, or the host is open where it must not be. */
    ERROR,
    /** It will fail when something else happens. */
    WARNING,
    /** It works; it could be better. */
    HINT;

    /** The word as metrics and JSON write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
