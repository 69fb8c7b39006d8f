package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The metrics of the audit trail: whether it is complete. */
public final class AuditMetrics {
    private AuditMetrics() {}

    /** @param trail must be kept reachable by others: a registry holds only a weak reference */
    public static <T> void register(MeterRegistry registry, T trail, ToDoubleFunction<T> unwritten) {
        FunctionCounter.builder("portero.audit.unwritten", trail, unwritten)
                .description("Lines of the audit trail that could not be written; check whether the disk is full.")
                .register(registry);
    }
}
