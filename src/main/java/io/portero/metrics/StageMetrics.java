package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.portero.compile.StageChange;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.stage.Staged;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** The metrics of a staged policy: where its verdicts differ; series appear and disappear with it. */
public final class StageMetrics implements ReconcileListener {
    private final MeterRegistry registry;
    private final KernelCounters counters;
    private final Map<String, Meter> meters = new HashMap<>();
    private volatile boolean staged;

    public StageMetrics(MeterRegistry registry, KernelCounters counters) {
        this.registry = registry;
        this.counters = counters;
        Gauge.builder("portero.staged", this, m -> m.staged ? 1 : 0)
                .description("1 while a second policy is tried on live traffic without being enforced: see portero"
                        + " stage --report.")
                .register(registry);
    }

    @Override
    public void on(Event event, Status now) {
        if (event instanceof Event.StageChanged) {
            var policy = now.observed().staged();
            staged = policy.isPresent();
            follow(policy.map(Staged::counters).orElse(new TreeSet<>()));
        }
    }

    private void follow(SortedSet<String> wanted) {
        meters.entrySet().removeIf(e -> {
            boolean gone = !wanted.contains(e.getKey());
            if (gone) {
                registry.remove(e.getValue());
            }
            return gone;
        });
        for (var counter : wanted) {
            for (var change : StageChange.values()) {
                change.serviceOfCounter(counter)
                        .ifPresent(service -> meters.computeIfAbsent(counter, c -> register(c, change, service)));
            }
        }
    }

    private Meter register(String counter, StageChange change, String service) {
        return FunctionCounter.builder(
                        "portero.staged.differences",
                        counters,
                        c -> c.latest(counter).packets())
                .description("Packets on which the staged policy and the policy in force differ, by change: drop"
                        + " (admitted now, would be dropped) or admit (dropped now, would be"
                        + " admitted); see portero stage --report.")
                .tag("change", change.word())
                .tag("service", service)
                .register(registry);
    }
}
