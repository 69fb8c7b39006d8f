package io.portero.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.doctor.HostState;
import io.portero.doctor.HostState.Clock;
import io.portero.doctor.HostState.Kernel;
import io.portero.doctor.HostState.Services;
import io.portero.doctor.HostState.Tables;
import io.portero.events.Event;
import io.portero.events.Origin;
import io.portero.events.Status;
import io.portero.policy.Policy;
import io.portero.policy.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DoctorMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong time = new AtomicLong(Duration.ofDays(3).toNanos());
    private final AtomicInteger readings = new AtomicInteger();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean broken;

    private final DoctorMetrics metrics = new DoctorMetrics(registry, this::read, waiting::add, time::get);

    /** sshd listens on a port that no management service admits, and the clock is not synchronised. */
    private HostState read() {
        readings.incrementAndGet();
        if (broken) {
            throw new IllegalStateException("no /proc");
        }
        return new HostState(
                Surroundings.UNKNOWN,
                List.of(),
                List.of(),
                List.of(),
                new TreeSet<>(Set.of(2222)),
                new Kernel(Set.of(), Map.of(), Map.of(), Collections.emptySortedSet(), List.of(), Optional.empty()),
                Tables.NONE,
                new Services(Clock.NOBODY, "", Optional.empty(), false),
                List.of());
    }

    private static Policy policy(int port) {
        var text = "services: { ssh: { ports: [" + port + "/tcp], from: [any], management: true } }";
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    /** Skips the first minute, which is reserved for the start. */
    private void startEnded() {
        event(22);
        work();
        assertThat(readings).hasValue(0);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    private void event(int port) {
        var file = new Status.FileStatus("p.yaml", AgentSettings.DEFAULT, true, Optional.empty(), List.of());
        metrics.on(
                new Event.FoundInSync(),
                new Status(
                        true,
                        Instant.EPOCH,
                        Optional.of(new Status.InForce(policy(port), Origin.FILE, "d")),
                        file,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Status.Observed.EMPTY));
    }

    private void work() {
        waiting.forEach(Runnable::run);
        waiting.clear();
    }

    private double count(String severity) {
        return registry.get("portero.doctor.findings")
                .tag("severity", severity)
                .gauge()
                .value();
    }

    @Test
    void countsFindingsBySeverityAfterTheFirstExamination() {
        assertThat(count("error")).isNaN();
        startEnded();
        event(22);
        assertThat(readings).as("not on the thread of the event").hasValue(0);
        work();
        assertThat(count("error")).isEqualTo(1);
        assertThat(count("warning")).isEqualTo(1);
        assertThat(count("hint")).isZero();
    }

    @Test
    void examinesOnceAnHourAndWhenThePolicyChanges() {
        startEnded();
        event(22);
        work();
        time.addAndGet(Duration.ofMinutes(59).toNanos());
        event(22);
        work();
        assertThat(readings).hasValue(1);

        time.addAndGet(Duration.ofMinutes(2).toNanos());
        event(22);
        work();
        assertThat(readings).hasValue(2);

        event(2222);
        work();
        assertThat(readings).as("never twice in a minute").hasValue(2);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        event(2222);
        work();
        assertThat(readings).hasValue(3);
        assertThat(count("error")).as("mended").isZero();
    }

    @Test
    void keepsTheLastCountIfTheHostCannotBeRead() {
        startEnded();
        event(22);
        work();
        broken = true;
        time.addAndGet(Duration.ofHours(1).toNanos());
        event(22);
        work();
        assertThat(readings).hasValue(2);
        assertThat(count("error")).isEqualTo(1);
    }
}
