package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.names.NameCache;
import io.portero.names.NameState;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The metrics of host names: age of the addresses and failed queries; series appear and disappear with the policy's
 * names.
 */
public final class NameMetrics implements ReconcileListener {
    private final MeterRegistry registry;
    private final NameCache names;
    private final Map<Series, List<Meter>> meters = new HashMap<>();

    public NameMetrics(MeterRegistry registry, NameCache names) {
        this.registry = registry;
        this.names = names;
    }

    private record Series(String group, HostName name) {}

    @Override
    public void on(Event event, Status now) {
        var wanted = new HashSet<Series>();
        names.states().forEach(s -> s.places().forEach(place -> wanted.add(new Series(place, s.name()))));
        meters.entrySet().removeIf(e -> {
            boolean gone = !wanted.contains(e.getKey());
            if (gone) {
                e.getValue().forEach(registry::remove);
            }
            return gone;
        });
        wanted.forEach(series -> meters.computeIfAbsent(series, this::register));
    }

    private List<Meter> register(Series series) {
        var failures = FunctionCounter.builder(
                        "portero.name.resolution.failures", names, n -> failures(n, series.name()))
                .description("Failed resolutions of a host name; its last good answer stays in force: repair DNS.")
                .tag("group", series.group())
                .tag("name", series.name().name())
                .register(registry);
        var age = TimeGauge.builder("portero.name.age", names, TimeUnit.SECONDS, n -> age(n, series.name()))
                .description(
                        "Age of the last good answer for a host name; when it passes agent.max-stale, repair DNS or write the addresses into the policy.")
                .tag("group", series.group())
                .tag("name", series.name().name())
                .register(registry);
        return List.of(failures, age);
    }

    private static double failures(NameCache names, HostName name) {
        return names.state(name).map(NameState::failures).orElse(0L);
    }

    /** NaN before the first answer. */
    private static double age(NameCache names, HostName name) {
        return names.state(name)
                .flatMap(NameState::age)
                .map(Duration::toMillis)
                .map(ms -> ms / 1000.0)
                .orElse(Double.NaN);
    }
}
