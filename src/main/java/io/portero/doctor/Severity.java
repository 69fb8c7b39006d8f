package io.portero.doctor;

import java.util.Locale;

/** The severity of a finding, the worst first. */
public enum Severity {
    /** Calls fail, or the host is open where it must not be. */
    ERROR,
    /** It will fail when something else happens. */
    WARNING,
    /** It works, but could be better. */
    HINT;

    /** The word in metrics and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
