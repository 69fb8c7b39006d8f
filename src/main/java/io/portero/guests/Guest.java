package io.portero.guests;

import io.portero.bans.Owner;
import io.portero.compile.ServiceNames;
import io.portero.plan.TimedMember;
import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source that one service admits for a limited time, in addition to those in the policy.
 *
 * <p>Each owner can have one guest per address and service. If several owners admit the same address, the longest time
 * counts.
 *
 * @param by the owner, who let it in
 * @param note the reason, may be empty; in the form of {@link TimedNote}
 */
public record Guest(String service, AddressRange what, Owner by, Instant until, String note) {
    static final Comparator<Guest> ORDER =
            Comparator.comparing(Guest::service).thenComparing(Guest::what).thenComparing(Guest::by);
    static final Comparator<Guest> LONGEST_FIRST =
            Comparator.comparing(Guest::until).reversed().thenComparing(ORDER);

    /** The longest time; a source that needs access for longer belongs in the policy. */
    public static final Duration LONGEST = Duration.ofDays(3650);

    private static final Pattern SET = Pattern.compile("service_[^.]+\\.guests_v[46]");

    public Guest {
        note = TimedNote.of(note);
    }

    /** The name of the kernel's set that holds the guests of a service. */
    static String set(String service, Family family) {
        return new ServiceNames(service).guests() + "_" + family.suffix();
    }

    /** Whether this is the name of a set of guests. */
    static boolean isSet(String name) {
        return SET.matcher(name).matches();
    }

    public boolean isOver(Instant now) {
        return !until.isAfter(now);
    }

    public Duration left(Instant now) {
        return isOver(now) ? Duration.ZERO : Duration.between(now, until);
    }

    boolean isSameAs(Guest other) {
        return ORDER.compare(this, other) == 0;
    }

    /** A part of its range, as a member of the kernel's set. */
    TimedMember member(AddressRange part, Instant now) {
        return new TimedMember(part, Optional.of(left(now)), "guest by " + by + (note.isEmpty() ? "" : ", " + note));
    }

    /** The reason why its source is let in, as a clause. */
    public String clause() {
        return what + " is let in to " + service + " as a guest by " + by + " until "
                + until.truncatedTo(ChronoUnit.SECONDS) + (note.isEmpty() ? "" : " (" + note + ")");
    }

    /** The text for people. */
    @Override
    public String toString() {
        return what + " to " + service + " by " + by;
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Guest that
                        && service.equals(that.service)
                        && what.equals(that.what)
                        && by.equals(that.by)
                        && until.equals(that.until)
                        && note.equals(that.note);
    }

    @Override
    public int hashCode() {
        return Objects.hash(service, what, by, until, note);
    }
}
