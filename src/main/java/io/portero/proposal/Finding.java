package io.portero.proposal;

import java.util.Locale;

/** The judgement about refused packets of one source to one port. */
public record Finding(Refused refused, Kind kind) {

    /** The reason for or against a suggestion. */
    public enum Kind {
        /** A regular user. */
        REGULAR,
        /** A scanner: one or two packets, or many ports from one source. */
        PROBABLE_SCAN,
        /** A stranger at a port that should not be open to strangers: a database, or a way in for the operator. */
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
