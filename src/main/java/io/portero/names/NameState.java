package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The state of one name.
 *
 * @param places the groups that contain it, or the keys that name it
 * @param answered the time of the last good answer
 * @param age how long ago that was
 * @param failures how many queries have failed
 * @param error the reason of the last failure, while it fails
 * @param stale whether its addresses are too old
 */
public record NameState(
        HostName name,
        SortedSet<String> places,
        AddressSet addresses,
        Optional<Instant> answered,
        Optional<Duration> age,
        long failures,
        Optional<String> error,
        boolean stale) {}
