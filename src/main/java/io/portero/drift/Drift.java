package io.portero.drift;

import java.util.Locale;

/**
 * Something in our table that was not as we left it.
 *
 * @param object the name of what was changed, as the kernel knows it; empty for the table itself
 * @param sentence what was found, such as {@code chain service_sip was deleted}
 */
public record Drift(Kind kind, String object, String sentence) {

    /** What kind of object it was. */
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
