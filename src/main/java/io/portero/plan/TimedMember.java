package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.Optional;

/**
 * An address, or a range of them, in a set with timeouts.
 *
 * @param range a single address, except in sets of networks
 * @param left the remaining time; empty if it stays until it is removed
 * @param note its comment in the kernel, may be empty; in the form of {@link TimedNote}
 */
public record TimedMember(AddressRange range, Optional<Duration> left, String note) {
    /**
     * The kernel takes timeouts in milliseconds, and refuses values that do not fit into 64 bits of nanoseconds (kernel
     * 6.18).
     */
    static final Duration LONGEST = Duration.ofDays(213_503);

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    public TimedMember {
        note = TimedNote.of(note);
    }

    public TimedMember(Ip address, Optional<Duration> left, String note) {
        this(AddressRange.of(address), left, note);
    }

    /** Its first address; the only one, except in sets of networks. */
    public Ip address() {
        return range.first();
    }

    /** The remaining time, limited to what the kernel accepts. */
    Optional<Duration> timeout() {
        return left.map(l -> l.compareTo(SHORTEST) < 0 ? SHORTEST : l.compareTo(LONGEST) > 0 ? LONGEST : l);
    }
}
