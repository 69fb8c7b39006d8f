package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * How things stand with one name.
 *
 * @param places the groups it is a member of, or the keys it stands at
 * @param answered when it was last known to stand for these addresses
 * @param age how long ago that was
 * @param failures how often asking has failed
 * @param error why it failed last, while it does
 * @param stale whether its addresses are older than they should be
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
