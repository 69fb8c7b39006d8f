package io.portero.bans;

import io.portero.compile.NamedSet;
import io.portero.plan.TimedMember;
import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A ban: packets from an address or a network are dropped for a limited time, even if the policy admits them.
 *
 * @param until when it ends; without it, when its owner lifts it
 * @param forced whether it was made against the guard's objection
 * @param note what its owner says about it, empty for nothing; in the form of {@link TimedNote}
 */
public record Ban(AddressRange what, Owner by, Optional<Instant> until, boolean forced, String note) {
    /** The beginning of the comment of a ban that was made through Portero. */
    private static final String OURS = "portero ban";

    private static final String FORCED = OURS + " --force";
    private static final String BY = " by ";
    private static final String NOTE = ", ";

    /** The longest ban first; bans of equal length in the order of their owners. */
    static final Comparator<Ban> LONGEST_FIRST = Comparator.comparing(
                    (Ban b) -> b.until().orElse(Instant.MAX), Comparator.reverseOrder())
            .thenComparing(Ban::by);

    public Ban {
        note = TimedNote.of(note);
    }

    /** A ban found in the kernel; its comment names the owner. */
    public static Ban found(TimedMember member, Instant now) {
        return told(member.range(), member.left().map(now::plus), member.note());
    }

    /** @param comment as {@link #comment} writes it, or another program */
    public static Ban told(AddressRange what, Optional<Instant> until, String comment) {
        if (!comment.startsWith(OURS)) {
            return new Ban(what, Owner.OTHER, until, false, comment);
        }
        int noteAt = comment.indexOf(NOTE);
        var head = noteAt < 0 ? comment : comment.substring(0, noteAt);
        int byAt = head.indexOf(BY);
        return new Ban(
                what,
                Owner.orHand(byAt < 0 ? "" : head.substring(byAt + BY.length())),
                until,
                comment.startsWith(FORCED),
                noteAt < 0 ? "" : comment.substring(noteAt + NOTE.length()));
    }

    /** What its member of the kernel's set carries; of a long note, what fits. */
    String comment() {
        return isOthers() ? note : (forced ? FORCED : OURS) + BY + by + (note.isEmpty() ? "" : NOTE + note);
    }

    /** The set of the kernel that holds single addresses. */
    public static String hosts(Family family) {
        return NamedSet.BANNED + "_" + family.suffix();
    }

    /** The set of the kernel that holds networks and ranges. */
    public static String networks(Family family) {
        return NamedSet.BANNED_NETS + "_" + family.suffix();
    }

    /** The set that holds it. */
    public String set() {
        return isHost() ? hosts(what.family()) : networks(what.family());
    }

    public boolean isHost() {
        return what.first().equals(what.last());
    }

    /** Whether another program put it into the kernel's set; then that program lifts it by taking it out. */
    public boolean isOthers() {
        return by.equals(Owner.OTHER);
    }

    public boolean isOver(Instant now) {
        return until.filter(u -> !u.isAfter(now)).isPresent();
    }

    /** How long it still lasts; none when it has no end. */
    public Optional<Duration> left(Instant now) {
        return until.map(u -> Duration.between(now, u)).map(d -> d.isNegative() ? Duration.ZERO : d);
    }

    /** The text for people. */
    public String clause() {
        return what + " is banned by " + by
                + until.map(u -> " until " + u.truncatedTo(ChronoUnit.SECONDS)).orElse(" without an end");
    }

    /** Written by hand: in a native executable the generated methods of a record take microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Ban(var thatWhat, var thatBy, var thatUntil, var thatForced, var thatNote)
                        && what.equals(thatWhat)
                        && by.equals(thatBy)
                        && until.equals(thatUntil)
                        && forced == thatForced
                        && note.equals(thatNote);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * what.hashCode() + by.hashCode()) + until.hashCode();
    }

    public TimedMember member(Instant now) {
        return member(what, now);
    }

    /** A part of it, as a member of the kernel's set. */
    TimedMember member(AddressRange part, Instant now) {
        return new TimedMember(part, left(now), comment());
    }
}
