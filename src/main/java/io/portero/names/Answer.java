package io.portero.names;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What came of asking for a name, in both families.
 *
 * @param failures why nothing is known of a family; a family without failure and addresses is known to have none
 * @param ttl how long the addresses may be relied upon
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
