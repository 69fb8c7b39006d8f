package io.portero.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.portero.apply.Outcome;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The metric of the last successful look at the kernel, or change of it: all statements about the kernel are as old as
 * that.
 */
public final class LastLook implements ReconcileListener {
    private final Clock clock;
    private volatile double at;

    public LastLook(MeterRegistry registry, Clock clock) {
        this.clock = clock;
        TimeGauge.builder("portero.last.look.timestamp", () -> at, TimeUnit.SECONDS)
                .description("Time of the last successful read or change of the kernel's rules; 0 before the first."
                        + " If it stops growing, see the log.")
                .register(registry);
    }

    @Override
    public void on(Event event, Status now) {
        boolean seen = event instanceof Event.FoundInSync
                || event instanceof Event.ApplyEnded ended && !(ended.outcome() instanceof Outcome.Failed)
                || event instanceof Event.DriftRepaired repaired && !(repaired.outcome() instanceof Outcome.Failed);
        if (seen) {
            at = clock.millis() / 1000.0;
        }
    }
}
