package io.portero.status;

import io.portero.apply.DroppedSource;
import io.portero.policy.PortRange;
import java.util.Optional;

/**
 * A source whose packets were dropped, or in mode observe would have been.
 *
 * @param port the destination port, if known
 * @param secondsAgo how long ago its last packet came
 * @param service the service of that port, if any
 */
public record DroppedRow(
        String address, Optional<String> port, long packets, long bytes, long secondsAgo, Optional<String> service) {

    static DroppedRow of(DroppedSource source) {
        return new DroppedRow(
                source.source().toString(),
                source.wanted().map(PortRange::toString),
                source.count().packets(),
                source.count().bytes(),
                source.ago().toSeconds(),
                Optional.empty());
    }

    DroppedRow towards(Optional<String> wanted) {
        return new DroppedRow(address, port, packets, bytes, secondsAgo, wanted);
    }
}
