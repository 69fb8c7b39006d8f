package io.portero.apply;

import io.portero.apply.Firewall.Count;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;
import java.util.Optional;

/**
 * A dropped source, or the destination of dropped outgoing packets, as the kernel remembers it.
 *
 * @param wanted the destination port, where the kernel remembers it
 * @param count its dropped packets since it was first remembered
 * @param ago how long ago the last one came
 * @param user the id of the sending user, where the kernel remembers it
 */
public record DroppedSource(Ip source, Optional<PortRange> wanted, Count count, Duration ago, Optional<Long> user) {
    public DroppedSource(Ip source, Optional<PortRange> wanted, Count count, Duration ago) {
        this(source, wanted, count, ago, Optional.empty());
    }
}
