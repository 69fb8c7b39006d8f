package io.portero.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/** Parses the time at which a member leaves its group: RFC 3339, with optional seconds. */
final class MemberTime {
    /** Thrown for an invalid value; the message is a clause that says what would be valid. */
    static final class NotATime extends Exception {
        NotATime(String why) {
            super(why, null, false, false);
        }
    }

    private MemberTime() {}

    static Instant parse(String word) throws NotATime {
        try {
            // Accepts a space instead of the T, as in YAML.
            return OffsetDateTime.parse(word.strip().replaceFirst(" +", "T").replace(" ", ""))
                    .toInstant()
                    .truncatedTo(ChronoUnit.SECONDS);
        } catch (DateTimeException e) {
            throw new NotATime("write date, time and zone, such as 2026-12-31T18:00Z or 2026-12-31T18:00+01:00");
        }
    }
}
