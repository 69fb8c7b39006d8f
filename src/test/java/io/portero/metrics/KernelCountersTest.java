package io.portero.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.TimedMember;
import io.portero.state.CounterMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCountersTest {
    private static final String NAME = "service_sip_accept";

    @TempDir
    private Path directory;

    private final Counting firewall = new Counting();
    private final AtomicLong nanoTime = new AtomicLong();

    private KernelCounters counters() {
        return new KernelCounters(firewall, CounterMemory.in(directory), Runnable::run, nanoTime::get);
    }

    private void aSecondPasses() {
        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void readsTheKernelOnceASecondForAnyNumberOfCallers() {
        var counters = counters();
        for (int i = 0; i < 100; i++) {
            counters.latest();
        }
        assertThat(firewall.asked).isEqualTo(1);
        aSecondPasses();
        counters.latest();
        assertThat(firewall.asked).isEqualTo(2);
    }

    @Test
    void readsASlowKernelForAtMostATenthOfTheTime() {
        var counters = counters();
        firewall.before = () -> nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        counters.latest();
        for (int second = 0; second < 8; second++) {
            aSecondPasses();
            counters.latest();
        }
        assertThat(firewall.asked).isEqualTo(1);
        aSecondPasses();
        counters.latest();
        assertThat(firewall.asked).isEqualTo(2);
    }

    @Test
    void keepsTheLastAnswerWhenTheKernelDoesNotAnswer() {
        var counters = counters();
        firewall.shown = new Reading.Of<>(Map.of(NAME, new Count(7, 700)));
        assertThat(counters.latest(NAME)).isEqualTo(new Count(7, 700));
        firewall.shown = new Reading.Failed<>(new Failure(Failure.Kind.TIMEOUT, "too slow"));
        aSecondPasses();
        assertThat(counters.latest(NAME)).isEqualTo(new Count(7, 700));
    }

    @Test
    void neverGoesBackwards() {
        var counters = counters();
        firewall.shown = new Reading.Of<>(Map.of(NAME, new Count(7, 700)));
        counters.latest();
        firewall.shown = new Reading.Of<>(Map.of());
        aSecondPasses();
        assertThat(counters.latest(NAME)).isEqualTo(new Count(7, 700));
        firewall.shown = new Reading.Of<>(Map.of(NAME, new Count(2, 200)));
        aSecondPasses();
        assertThat(counters.latest(NAME)).isEqualTo(new Count(9, 900));
    }

    @Test
    void continuesWithTheCountersOfThePreviousAgent() {
        neverGoesBackwards();
        var successor = counters();
        assertThat(successor.known()).containsEntry(NAME, new Count(9, 900));
        assertThat(successor.latest(NAME)).isEqualTo(new Count(9, 900));
    }

    @Test
    void waitsOnlyOnceForAHangingKernelAndNotForEverySeries() {
        var hanging = new ArrayList<Runnable>();
        var counters = new KernelCounters(firewall, CounterMemory.in(directory), hanging::add, nanoTime::get);
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            counters.latest();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(hanging).hasSize(1);
        firewall.shown = new Reading.Of<>(Map.of(NAME, new Count(1, 100)));
        hanging.getFirst().run();
        assertThat(counters.latest(NAME)).isEqualTo(new Count(1, 100));
    }

    /** Shows the counters that a test sets. */
    private static final class Counting implements Firewall {
        private Reading<Map<String, Count>> shown = new Reading.Of<>(Map.of());
        private Runnable before = () -> {};
        private int asked;

        @Override
        public Reading<Snapshot> read() {
            return new Reading.Of<>(Snapshot.ABSENT);
        }

        @Override
        public Optional<Failure> commit(List<? extends Statement> transaction) {
            return Optional.empty();
        }

        @Override
        public Optional<Failure> remove() {
            return Optional.empty();
        }

        @Override
        public Reading<List<TimedMember>> members(String set) {
            return new Reading.Of<>(List.of());
        }

        @Override
        public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
            return new Reading.Of<>(List.of());
        }

        @Override
        public IntervalSets intervalSets() {
            return IntervalSets.IN_PLACE;
        }

        @Override
        public Reading<Map<String, Count>> counters() {
            asked++;
            before.run();
            return shown;
        }
    }
}
