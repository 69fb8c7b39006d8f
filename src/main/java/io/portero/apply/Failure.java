package io.portero.apply;

import java.util.Locale;

/**
 * The reason why an operation of the firewall failed.
 *
 * @param sentence what happened and what to do, for people
 */
public record Failure(Kind kind, String sentence) {

    /** The kinds of failure that can be distinguished. */
    public enum Kind {
        NO_PROGRAM,
        NO_PERMISSION,
        NO_KERNEL_SUPPORT,
        TIMEOUT,
        /** A signal killed the program, before or instead of its work. */
        CRASHED,
        /** The transaction was refused as a whole; nothing changed. */
        REJECTED,
        UNREADABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
