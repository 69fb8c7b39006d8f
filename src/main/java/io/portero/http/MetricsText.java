package io.portero.http;

/** The port to the text of the metrics. */
public interface MetricsText {
    /** The text format 0.0.4, which people and promtool read. */
    String plain();

    /** OpenMetrics 1.0.0, which a Prometheus asks for. */
    String openMetrics();
}
