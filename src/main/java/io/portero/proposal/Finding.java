package io.portero.proposal;

import java.util.Locale;

/** What is thought of refused packets of one source to one port. */
public record Finding(Refused refused, Kind kind) {

    /** Why packets are suggested to be admitted, or not. */
    public enum Kind {
        /** Somebody who uses what is there. */
        REGULAR,
        /** A packet or two, or many ports tried from one source. */
        PROBABLE_SCAN,
        /** A stranger at what should not be open to strangers: a database, a way in for the operator. */
        DELICATE,
        NOTHING_LISTENS,
        /** The policy denies the source, or it is banned. */
        ON_PURPOSE,
        /** The policy has admitted it since. */
        ADMITTED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean is(Kind other) {
        return kind == other;
    }
}
