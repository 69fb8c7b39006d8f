package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/** Tells whether the audit trail is whole. */
public final class AuditMetrics {
    private AuditMetrics() {}

    public static void register(MeterRegistry registry, LongSupplier unwritten) {
        FunctionCounter.builder("portero.audit.unwritten", unwritten, LongSupplier::getAsLong)
                .description("Lines of the audit trail that could not be written; see whether the disk is full.")
                .register(registry);
    }
}
