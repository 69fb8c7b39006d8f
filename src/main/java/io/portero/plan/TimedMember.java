package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.Optional;

/**
 * An address, or a range of them, in a set with timeouts.
 *
 * @param range a single address but for sets of networks
 * @param left for how long it stays; without it, until somebody takes it out
 * @param note the comment that it carries in the kernel, empty when it has none; in the form of {@link TimedNote}
 */
public record TimedMember(AddressRange range, Optional<Duration> left, String note) {
    /** The kernel keeps a timeout in milliseconds, and refuses more of them than 64 bits of nanoseconds hold (kernel 6.18). */
    static final Duration LONGEST = Duration.ofDays(213_503);

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    public TimedMember {
        note = TimedNote.of(note);
    }

    public TimedMember(Ip address, Optional<Duration> left, String note) {
        this(AddressRange.of(address), left, note);
    }

    /** Its first address, which is its only one but for sets of networks. */
    public Ip address() {
        return range.first();
    }

    /** What is left, in the bounds of what the kernel takes. */
    Optional<Duration> timeout() {
        return left.map(l -> l.compareTo(SHORTEST) < 0 ? SHORTEST : l.compareTo(LONGEST) > 0 ? LONGEST : l);
    }
}
