package io.portero.drift;

import java.util.Locale;

/**
 * A change of our table that we did not make.
 *
 * @param object the name of the changed object in the kernel; empty for the table itself
 * @param sentence what was found, such as {@code chain service_sip was deleted}
 */
public record Drift(Kind kind, String object, String sentence) {

    /** The kind of the object. */
    public enum Kind {
        TABLE,
        CHAIN,
        RULE,
        SET,
        ELEMENT;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
