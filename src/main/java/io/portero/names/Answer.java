package io.portero.names;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The result of resolving a name, for both address families.
 *
 * @param failures the reason for each family that could not be resolved; a family without failure and without addresses
 * has none
 * @param ttl how long the addresses are valid
 */
public record Answer(Set<Ip> addresses, Map<Family, String> failures, Duration ttl) {
    public Answer {
        addresses = Set.copyOf(addresses);
        failures = Map.copyOf(failures);
    }

    static Answer failed(String why) {
        var failures = new EnumMap<Family, String>(Family.class);
        for (var family : Family.values()) {
            failures.put(family, why);
        }
        return new Answer(Set.of(), failures, Duration.ZERO);
    }

    /** What failed, as a clause. */
    public String why() {
        return failures.isEmpty()
                ? "it has no address"
                : failures.values().stream().distinct().sorted().collect(Collectors.joining(", "));
    }
}
