package io.portero.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.compile.NamedSet;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.TimedMember;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A firewall that counts and times its calls. */
public final class MeteredFirewall implements Firewall {
    private final Firewall firewall;
    private final MeterRegistry registry;

    public MeteredFirewall(Firewall firewall, MeterRegistry registry) {
        this.firewall = firewall;
        this.registry = registry;
        for (var operation : List.of("read", "commit", "remove", "counters", "members", "dropped")) {
            count(operation, "ok");
            List.of(Failure.Kind.values()).forEach(kind -> count(operation, kind.word()));
        }
    }

    @Override
    public Reading<Snapshot> read() {
        long start = System.nanoTime();
        return noted("read", start, firewall.read());
    }

    @Override
    public IntervalSets intervalSets() {
        return firewall.intervalSets();
    }

    @Override
    public Reading<Map<String, Count>> counters() {
        long start = System.nanoTime();
        return noted("counters", start, firewall.counters());
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        long start = System.nanoTime();
        return noted("members", start, firewall.members(set));
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        long start = System.nanoTime();
        return noted("dropped", start, firewall.dropped(set));
    }

    @Override
    public Optional<Failure> commit(List<? extends Statement> transaction) {
        long start = System.nanoTime();
        return noted("commit", start, firewall.commit(transaction));
    }

    @Override
    public Optional<Failure> remove() {
        long start = System.nanoTime();
        return noted("remove", start, firewall.remove());
    }

    private <T> Reading<T> noted(String operation, long start, Reading<T> reading) {
        switch (reading) {
            case Reading.Of<T> of -> note(operation, "ok", start);
            case Reading.Failed<T> failed ->
                note(operation, failed.failure().kind().word(), start);
        }
        return reading;
    }

    private Optional<Failure> noted(String operation, long start, Optional<Failure> failure) {
        note(operation, failure.map(f -> f.kind().word()).orElse("ok"), start);
        return failure;
    }

    private void note(String operation, String outcome, long start) {
        count(operation, outcome).increment();
        Timer.builder("portero.nft.command.duration")
                .description("Duration of nft commands, by operation.")
                .tag("operation", operation)
                .tag("outcome", outcome)
                .register(registry)
                .record(Duration.ofNanos(System.nanoTime() - start));
    }

    private Counter count(String operation, String outcome) {
        return Counter.builder("portero.nft.commands")
                .description("nft commands, by operation and outcome; an outcome other than ok names the"
                        + " failure, and the log says what to do.")
                .tag("operation", operation)
                .tag("outcome", outcome)
                .register(registry);
    }
}
