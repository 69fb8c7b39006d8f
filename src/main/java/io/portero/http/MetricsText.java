package io.portero.http;

/** The port to what Prometheus is told, in its text format 0.0.4. */
@FunctionalInterface
public interface MetricsText {
    String scrape();
}
