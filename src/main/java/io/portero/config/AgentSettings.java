package io.portero.config;

import java.time.Duration;

/**
 * How the agent itself behaves, as far as the policy file says.
 *
 * @param maxStale how old the addresses of a name may become before somebody should look after it
 */
public record AgentSettings(Duration reconcileInterval, Duration maxStale, Metrics metrics) {
    public static final AgentSettings DEFAULT =
            new AgentSettings(Duration.ofSeconds(30), Duration.ofHours(24), new Metrics("0.0.0.0", 9090));

    /** Where the metrics are served. */
    public record Metrics(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
