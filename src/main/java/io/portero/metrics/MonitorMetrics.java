package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Tells whether changes of others are heard of as they happen. */
public final class MonitorMetrics {
    private MonitorMetrics() {}

    public static void register(MeterRegistry registry, BooleanSupplier listening, LongSupplier restarts) {
        Gauge.builder("portero.monitor.listening", () -> listening.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while changes by other programs are heard of as they happen; when 0, only the periodic look finds them: see the log.")
                .register(registry);
        FunctionCounter.builder("portero.monitor.restarts", restarts, LongSupplier::getAsLong)
                .description("How often nft monitor ended and had to be started again; the log says why.")
                .register(registry);
    }
}
