package io.portero.apply;

import io.portero.apply.Firewall.Count;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;
import java.util.Optional;

/**
 * A source whose packets were refused, or a destination to which they were, as the kernel remembers it.
 *
 * @param wanted the port that they were for, where that is told apart
 * @param count its refused packets since it was first remembered
 * @param ago how long ago the last of them came
 * @param user the number of the user whose program sent them, where that is told apart
 */
public record DroppedSource(Ip source, Optional<PortRange> wanted, Count count, Duration ago, Optional<Long> user) {
    public DroppedSource(Ip source, Optional<PortRange> wanted, Count count, Duration ago) {
        this(source, wanted, count, ago, Optional.empty());
    }
}
