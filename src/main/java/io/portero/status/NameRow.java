package io.portero.status;

import io.portero.names.NameState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A host name of the policy.
 *
 * @param places the groups that contain it, or the keys that name it
 * @param entries its range count
 * @param addresses its first few ranges
 * @param answered the time of the last good answer
 * @param ageSeconds how long ago that was
 * @param error the reason of the last failure, while it fails
 */
public record NameRow(
        String name,
        List<String> places,
        long entries,
        List<String> addresses,
        Optional<Instant> answered,
        Optional<Long> ageSeconds,
        boolean stale,
        long failures,
        Optional<String> error) {

    static NameRow of(NameState state, int most) {
        var addresses = state.addresses();
        return new NameRow(
                state.name().name(),
                List.copyOf(state.places()),
                addresses.rangeCount(),
                addresses.ranges().stream().limit(most).map(String::valueOf).toList(),
                state.answered(),
                state.age().map(Duration::toSeconds),
                state.stale(),
                state.failures(),
                state.error());
    }
}
