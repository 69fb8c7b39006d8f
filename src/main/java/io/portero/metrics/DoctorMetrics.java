package io.portero.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.portero.doctor.Doctor;
import io.portero.doctor.HostReading;
import io.portero.doctor.Severity;
import io.portero.doctor.Subject;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the findings of the doctor: a minute after the start, after a change of the policy, and once an hour; at most
 * once a minute, because names change policies too.
 *
 * <p>It examines on a thread of its own. The agent sees less than root: neither foreign tables nor files that only root
 * may read.
 */
public final class DoctorMetrics implements ReconcileListener {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final long FRESH = Duration.ofHours(1).toNanos();
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final HostReading host;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private volatile Map<Severity, Long> counts = Map.of();
    private @Nullable Policy examined;
    private long examinedAt;

    /** @param executor one thread, so that examinations do not overlap */
    public DoctorMetrics(MeterRegistry registry, HostReading host, Executor executor, LongSupplier nanoTime) {
        this.host = host;
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.examinedAt = nanoTime.getAsLong();
        for (var severity : Severity.values()) {
            Gauge.builder("portero.doctor.findings", this, m -> m.count(severity))
                    .description("Findings of portero doctor about this host, by severity: error, warning, hint;"
                            + " portero doctor lists them.")
                    .tag("severity", severity.word())
                    .register(registry);
        }
    }

    @Override
    public void on(Event event, Status now) {
        now.policy().map(Status.InForce::policy).filter(this::isDue).ifPresent(policy -> {
            examined = policy;
            examinedAt = nanoTime.getAsLong();
            executor.execute(() -> examine(subject(policy, now)));
        });
    }

    /** Used only by the loop's thread. */
    private boolean isDue(Policy policy) {
        long age = nanoTime.getAsLong() - examinedAt;
        return age >= FRESH || age >= PAUSE && !policy.equals(examined);
    }

    private static Subject subject(Policy policy, Status now) {
        int errors = (int) now.file().problems().stream()
                .filter(p -> p.severity() == Problem.Severity.ERROR)
                .count();
        int warnings = (int) now.file().problems().stream()
                .filter(p ->
                        p.severity() == Problem.Severity.WARNING && !p.key().equals("deny"))
                .count();
        var port = now.file().settings().metrics().port();
        return new Subject(now.file().path(), Optional.of(policy), errors, warnings, port, Optional.empty());
    }

    private void examine(Subject subject) {
        try {
            counts = Doctor.examine(subject, host.read()).count();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the host could not be examined (" + e + "); run portero doctor to see why");
        }
    }

    /** NaN until the first examination has ended. */
    private double count(Severity severity) {
        var known = counts.get(severity);
        return known == null ? Double.NaN : known;
    }
}
