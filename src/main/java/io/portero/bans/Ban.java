package io.portero.bans;

import io.portero.compile.NamedSet;
import io.portero.plan.TimedMember;
import io.portero.plan.TimedNote;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An address from which nothing is let in for a while, whatever the policy says.
 *
 * @param until when it ends; without it, when somebody lifts it
 * @param note what its member of the set in the kernel carries as a comment, which tells who made it
 */
public record Ban(Ip address, Optional<Instant> until, String note) {
    public Ban {
        note = TimedNote.of(note);
    }

    /** What the comments of those begin with that were made by our command. */
    private static final String OURS = "portero ban";

    private static final String FORCED = OURS + " --force";
    private static final String BY = " by ";

    /** One that our command makes. */
    public static Ban made(Ip address, Optional<Instant> until, boolean forced, String by) {
        return new Ban(address, until, (forced ? FORCED : OURS) + (by.isEmpty() ? "" : BY + by));
    }

    /** One that was found in the kernel. */
    public static Ban found(TimedMember member, Instant now) {
        return new Ban(member.address(), member.left().map(now::plus), member.note());
    }

    /** The set that holds those of a family. */
    public static String set(Family family) {
        return NamedSet.BANNED + "_" + family.suffix();
    }

    public String set() {
        return set(address.family());
    }

    /** Whether our command made it; then only our command lifts it. */
    public boolean isOurs() {
        return note.startsWith(OURS);
    }

    /** Whether it was made against the guard's objection. */
    public boolean isForced() {
        return note.startsWith(FORCED);
    }

    /** Who made it, as far as that is known. */
    public String by() {
        if (!isOurs()) {
            return note.isEmpty() ? "another program" : note;
        }
        int at = note.indexOf(BY);
        return at < 0 ? OURS : note.substring(at + BY.length());
    }

    public boolean isOver(Instant now) {
        return until.filter(u -> !u.isAfter(now)).isPresent();
    }

    /** How long it still lasts; none when it has no end. */
    public Optional<Duration> left(Instant now) {
        return until.map(u -> Duration.between(now, u)).map(d -> d.isNegative() ? Duration.ZERO : d);
    }

    public TimedMember member(Instant now) {
        return new TimedMember(address, left(now), note);
    }
}
