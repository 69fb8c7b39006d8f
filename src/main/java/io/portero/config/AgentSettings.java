package io.portero.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the agent itself behaves, as far as the policy file says.
 *
 * @param maxStale how old the addresses of a name may become before somebody should look after it
 * @param nft the nft to use, when the file names one
 * @param sealed whether the kernel may be asked to keep others away from the table, where it can
 */
public record AgentSettings(
        Duration reconcileInterval, Duration maxStale, Optional<Path> nft, boolean sealed, Metrics metrics) {
    public static final AgentSettings DEFAULT = new AgentSettings(
            Duration.ofSeconds(30), Duration.ofHours(24), Optional.empty(), true, new Metrics("0.0.0.0", 9090));

    /** Where the metrics are served. */
    public record Metrics(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof Metrics that && host.equals(that.host) && port == that.port;
        }

        @Override
        public int hashCode() {
            return Objects.hash(host, port);
        }
    }
}
