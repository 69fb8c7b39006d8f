package io.portero.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.portero.events.Status;
import io.portero.policy.Mode;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The metrics of the state; all are 0 before the first status. */
final class StateMetrics {
    private final MeterRegistry registry;
    private volatile @Nullable Status status;

    StateMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void follow(Status now) {
        status = now;
    }

    void register() {
        gauge("portero.in.sync", "1 when the kernel holds what the policy says; when 0, see the log.", s -> s.inSync());
        gauge(
                "portero.enforcing",
                "1 when packets that the policy refuses are dropped; 0 in mode observe and without a policy:"
                        + " see portero status --would-drop.",
                StateMetrics::isEnforcing);
        Gauge.builder("portero.banned.addresses", this, m -> m.of(s -> s.bans().size()))
                .description("Addresses and networks that are banned now; portero bans lists them.")
                .register(registry);
        Gauge.builder("portero.guests", this, m -> m.of(s -> s.guests().size()))
                .description("Sources with access for a limited time (portero allow); portero allowed lists them.")
                .register(registry);
        gauge(
                "portero.policy.last.reload.successful",
                "1 when the policy file, as last read, is in force; when 0, run portero check.",
                s -> s.file().lastReloadSuccessful());
        gauge(
                "portero.drift.contention",
                "1 while a program changes Portero's table again and again and repairs are slowed down: stop"
                        + " that program; portero status names it.",
                s -> s.contention().isPresent());
        gauge(
                "portero.probation",
                "1 while the policy in force waits for confirmation: log in again or run portero confirm.",
                s -> s.probationUntil().isPresent());
        Gauge.builder(
                        "portero.policy.problems",
                        this,
                        m -> m.of(s -> s.file().problems().size()))
                .description("Problems in the policy file on disk, warnings included; portero check shows them.")
                .register(registry);
        TimeGauge.builder(
                        "portero.policy.last.reload.success.timestamp",
                        () -> of(StateMetrics::reloaded),
                        TimeUnit.SECONDS)
                .description("When the policy file was last put in force.")
                .register(registry);
    }

    private static boolean isEnforcing(Status status) {
        return status.policy().filter(p -> p.policy().mode() == Mode.ENFORCE).isPresent();
    }

    private static double reloaded(Status status) {
        return status.file().reloaded().map(Instant::toEpochMilli).orElse(0L) / 1000.0;
    }

    private interface Truth {
        boolean of(Status status);
    }

    private interface Measure {
        double of(Status status);
    }

    private void gauge(String name, String description, Truth truth) {
        Gauge.builder(name, this, m -> m.of(s -> truth.of(s) ? 1 : 0))
                .description(description)
                .register(registry);
    }

    private double of(Measure measure) {
        var now = status;
        return now == null ? 0 : measure.of(now);
    }
}
