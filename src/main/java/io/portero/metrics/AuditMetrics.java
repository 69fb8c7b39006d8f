package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Tells whether the audit trail is whole. */
public final class AuditMetrics {
    private AuditMetrics() {}

    /** @param trail is asked for as long as somebody else holds on to it; a registry does not */
    public static <T> void register(MeterRegistry registry, T trail, ToDoubleFunction<T> unwritten) {
        FunctionCounter.builder("portero.audit.unwritten", trail, unwritten)
                .description("Lines of the audit trail that could not be written; check whether the disk is full.")
                .register(registry);
    }
}
