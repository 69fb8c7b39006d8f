package io.portero.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.events.Trigger;
import io.portero.reconcile.PassResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong();
    private final Schedule schedule = new Schedule(now::get);
    private boolean onProbation;

    @BeforeEach
    void started() {
        assertThat(next()).contains(Trigger.STARTUP);
        ended(Trigger.STARTUP, PassResult.DONE);
        assertThat(next()).isEmpty();
    }

    private Optional<Trigger> next() {
        return schedule.next(onProbation, Duration.ZERO);
    }

    private void ended(Trigger trigger, PassResult result) {
        schedule.ended(trigger, result, INTERVAL, Duration.ZERO);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /**
     * The triggers that are served within this time while others arrive before every pass; each pass takes 10 ms and
     * succeeds.
     */
    private List<Trigger> flooded(Duration time, Trigger... flood) {
        var served = new ArrayList<Trigger>();
        for (long end = now.get() + time.toNanos(); now.get() < end; ) {
            schedule.arrived(Set.of(flood));
            var trigger = next().orElseThrow();
            served.add(trigger);
            pass(Duration.ofMillis(10));
            ended(trigger, PassResult.DONE);
        }
        return served;
    }

    @Test
    void theMostUrgentTriggerComesFirst() {
        schedule.arrived(Set.of(Trigger.DNS, Trigger.FILE, Trigger.DRIFT, Trigger.SIGNAL));
        assertThat(List.of(next(), next(), next(), next(), next()))
                .containsExactly(
                        Optional.of(Trigger.SIGNAL),
                        Optional.of(Trigger.DRIFT),
                        Optional.of(Trigger.FILE),
                        Optional.of(Trigger.DNS),
                        Optional.empty());
    }

    @Test
    void noTriggerIsRepeatedWhileAnotherWaits() {
        schedule.arrived(Set.of(Trigger.DNS));
        assertThat(flooded(Duration.ofMillis(60), Trigger.DRIFT, Trigger.SIGNAL))
                .containsExactly(
                        Trigger.SIGNAL, Trigger.DRIFT, Trigger.DNS, Trigger.SIGNAL, Trigger.DRIFT, Trigger.SIGNAL);
    }

    @Test
    void aProbationIsCheckedHoweverOftenOthersChangeTheTable() {
        onProbation = true;
        assertThat(flooded(Duration.ofSeconds(2), Trigger.DRIFT)).haveAtLeast(6, kind(Trigger.PROBATION));
    }

    @Test
    void thePeriodicCheckComesEvenIfMembersOrTheFileChangeAllTheTime() {
        for (var trigger : List.of(Trigger.DRIFT, Trigger.FILE, Trigger.DNS)) {
            assertThat(flooded(INTERVAL.multipliedBy(2), trigger)).haveAtLeast(1, kind(Trigger.PERIODIC));
        }
    }

    @Test
    void newRulesAreVerifiedEvenIfMembersChangeMeanwhile() {
        schedule.arrived(Set.of(Trigger.FILE));
        assertThat(next()).contains(Trigger.FILE);
        ended(Trigger.FILE, PassResult.UNVERIFIED);
        schedule.arrived(Set.of(Trigger.DRIFT));
        assertThat(next()).contains(Trigger.DRIFT);
        ended(Trigger.DRIFT, PassResult.DONE);
        assertThat(schedule.idle(false, Duration.ZERO)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void failedPassesAreRetriedAfterLongerAndLongerPauses() {
        schedule.arrived(Set.of(Trigger.FILE));
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 12; i++) {
            assertThat(next()).contains(Trigger.FILE);
            ended(Trigger.FILE, PassResult.FAILED);
            assertThat(next()).isEmpty();
            var wait = schedule.idle(false, Duration.ZERO);
            waits.add(wait.toMillis());
            pass(wait);
        }
        assertThat(waits.subList(0, 4)).containsExactly(100L, 200L, 400L, 800L);
        assertThat(waits.getLast()).isEqualTo(30_000);
    }

    @Test
    void aFailedPassIsRetriedEvenIfOtherPassesSucceed() {
        schedule.arrived(Set.of(Trigger.FILE));
        next();
        ended(Trigger.FILE, PassResult.FAILED);
        assertThat(flooded(Duration.ofSeconds(1), Trigger.DRIFT)).haveAtLeast(1, kind(Trigger.FILE));
    }

    @Test
    void aFileThatWaitsForItsNamesIsRetriedAfterAnInterval() {
        pass(INTERVAL.minusSeconds(1));
        schedule.arrived(Set.of(Trigger.FILE));
        next();
        ended(Trigger.FILE, PassResult.POSTPONED);
        assertThat(schedule.idle(false, Duration.ZERO)).isEqualTo(INTERVAL);
    }

    @Test
    void aDelayedRepairDoesNotDelayOtherPasses() {
        var pause = Duration.ofSeconds(3);
        schedule.arrived(Set.of(Trigger.DRIFT));
        assertThat(schedule.next(false, pause)).isEmpty();
        assertThat(schedule.idle(false, pause)).isEqualTo(pause);
        schedule.arrived(Set.of(Trigger.FILE));
        assertThat(schedule.next(false, pause)).contains(Trigger.FILE);
        ended(Trigger.FILE, PassResult.DONE);
        assertThat(schedule.next(false, Duration.ZERO)).contains(Trigger.DRIFT);
    }

    private static org.assertj.core.api.Condition<Trigger> kind(Trigger trigger) {
        return new org.assertj.core.api.Condition<>(trigger::equals, trigger.toString());
    }
}
