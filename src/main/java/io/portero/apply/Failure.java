package io.portero.apply;

import java.util.Locale;

/**
 * Why the firewall did not do what it was asked.
 *
 * @param sentence what happened and what to do, for a person
 */
public record Failure(Kind kind, String sentence) {

    /** What can be told apart from outside. */
    public enum Kind {
        NO_PROGRAM,
        NO_PERMISSION,
        NO_KERNEL_SUPPORT,
        TIMEOUT,
        /** The program died of a signal, before or instead of doing what it was asked. */
        CRASHED,
        /** The transaction was refused as a whole; nothing changed. */
        REJECTED,
        UNREADABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
