package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The metrics of the monitor: whether changes by others are received as they happen. */
public final class MonitorMetrics {
    private MonitorMetrics() {}

    /** @param monitor must be kept reachable by others: a registry holds only a weak reference */
    public static <T> void register(
            MeterRegistry registry, T monitor, Predicate<T> listening, ToDoubleFunction<T> restarts) {
        Gauge.builder("portero.monitor.listening", monitor, m -> listening.test(m) ? 1 : 0)
                .description(
                        "1 while changes by other programs are seen as they happen; when 0, only the periodic check finds them: see the log.")
                .register(registry);
        FunctionCounter.builder("portero.monitor.restarts", monitor, restarts)
                .description("How often nft monitor ended and was started again; the log says why.")
                .register(registry);
    }
}
