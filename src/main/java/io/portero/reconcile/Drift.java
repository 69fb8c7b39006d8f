package io.portero.reconcile;

import java.util.Locale;

/**
 * Something in our table that was not as we left it.
 *
 * @param sentence what was found, such as {@code rule chain service_sip was changed}
 */
public record Drift(Kind kind, String sentence) {

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
