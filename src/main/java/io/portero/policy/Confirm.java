package io.portero.policy;

import java.util.Locale;

/** Which changes of the policy start on probation. */
public enum Confirm {
    NEVER,
    /** Those that narrow who reaches a management service. */
    MANAGEMENT,
    ALWAYS;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
