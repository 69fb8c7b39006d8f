package io.portero.policy;

import java.util.Locale;

/** Whether what the policy refuses is dropped, or only counted and logged. */
public enum Mode {
    ENFORCE,
    OBSERVE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
