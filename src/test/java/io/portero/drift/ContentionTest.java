package io.portero.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ContentionTest {
    private final AtomicLong now = new AtomicLong();
    private final Contention contention = new Contention(now::get);

    private boolean repaired(String program, int millis) {
        return contention.repaired(List.of(program), Duration.ofMillis(millis));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void beginsWithOneRepairTooManyInAMinute() {
        for (int i = 0; i < Contention.TOLERATED; i++) {
            assertThat(repaired("a", 10)).isFalse();
            assertThat(contention.pause()).isZero();
        }
        assertThat(repaired("a", 10)).isTrue();
        assertThat(contention.contender()).contains("a");
        assertThat(repaired("a", 10)).isFalse();
        assertThat(contention.repairs()).isEqualTo(Contention.TOLERATED + 2);
    }

    @Test
    void doesNotBeginWhenRepairsAreFarBetween() {
        for (int i = 0; i < 100; i++) {
            assertThat(repaired("a", 10)).isFalse();
            pass(Duration.ofMillis(1010));
        }
    }

    @Test
    void beginsAlsoWhenAFewRepairsTakeTooMuchTime() {
        assertThat(repaired("a", 1600)).isFalse();
        assertThat(repaired("b", 1600)).isTrue();
        assertThat(contention.contender()).isPresent();
    }

    @Test
    void doesNotBeginWithOneLongRepair() {
        assertThat(repaired("a", 10_000)).isFalse();
    }

    @Test
    void limitsRepairsToATwentiethOfTheTimeButNeverStopsThem() {
        for (int i = 0; i <= Contention.TOLERATED; i++) {
            repaired("a", 40);
        }
        assertThat(contention.pause()).isEqualTo(Duration.ofMillis(800));
        pass(Duration.ofMillis(300));
        assertThat(contention.pause()).isEqualTo(Duration.ofMillis(500));
        repaired("a", 60_000);
        assertThat(contention.pause()).isEqualTo(Duration.ofSeconds(30));
        repaired("a", 1);
        assertThat(contention.pause()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void endsAfterAQuietMinute() {
        for (int i = 0; i <= Contention.TOLERATED; i++) {
            repaired("a", 1);
        }
        assertThat(contention.isOver()).isFalse();
        pass(Duration.ofSeconds(61));
        assertThat(contention.isOver()).isTrue();
        assertThat(contention.contender()).isEmpty();
        assertThat(contention.pause()).isZero();
    }
}
