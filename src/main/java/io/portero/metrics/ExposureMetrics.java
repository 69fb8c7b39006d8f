package io.portero.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.exposure.Exposure;
import io.portero.exposure.Interfaces;
import io.portero.exposure.Listener;
import io.portero.exposure.Scope;
import io.portero.policy.Mode;
import io.portero.policy.Surroundings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts listeners by scope, at most every 15 seconds.
 *
 * <p>Published ports count only if a proxy of Docker or Podman holds them open: foreign tables are not read for this.
 */
public final class ExposureMetrics implements ReconcileListener {
    private static final long FRESH = Duration.ofSeconds(15).toNanos();

    private final Supplier<? extends List<? extends Listener>> listeners;
    private final Supplier<Surroundings> surroundings;
    private final LongSupplier nanoTime;
    private volatile @Nullable Status status;
    private volatile boolean uplinkTrusted;
    private @Nullable Status judged;
    private Map<Scope, Long> counts = Map.of();
    private long countedAt;

    public ExposureMetrics(
            MeterRegistry registry,
            Supplier<? extends List<? extends Listener>> listeners,
            Supplier<Surroundings> surroundings,
            LongSupplier nanoTime) {
        this.listeners = listeners;
        this.surroundings = surroundings;
        this.nanoTime = nanoTime;
        for (var scope : Scope.values()) {
            Gauge.builder("portero.exposed.listeners", this, m -> m.count(scope))
                    .description("Listening ports, by who can reach them: any (everybody), some, nobody, local"
                            + " (loopback only); portero exposure lists them.")
                    .tag("scope", scope.word())
                    .register(registry);
        }
    }

    @Override
    public void on(Event event, Status now) {
        status = now;
        if (event instanceof Event.UplinksSeen seen) {
            uplinkTrusted = !seen.trusted().isEmpty();
        }
    }

    private synchronized double count(Scope scope) {
        var now = status;
        if (now != null && now.policy().isPresent() && isStale(now)) {
            var policy = now.policy().get().policy();
            counts = Exposure.of(
                            policy,
                            policy.mode() == Mode.ENFORCE && !uplinkTrusted,
                            listeners.get(),
                            Map.of(),
                            new Interfaces(surroundings.get())::isPublic)
                    .count();
            judged = now;
            countedAt = nanoTime.getAsLong();
        }
        return counts.getOrDefault(scope, 0L);
    }

    private boolean isStale(Status now) {
        var last = judged;
        return last == null || !last.policy().equals(now.policy()) || nanoTime.getAsLong() - countedAt >= FRESH;
    }
}
