package io.portero.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Count;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateHistoryTest {
    private final AtomicLong now = new AtomicLong();
    private final RateHistory history = new RateHistory(now::get);

    private void after(int seconds, long packets) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        history.note(Map.of("a", new Count(packets, 0), "idle", new Count(7, 0)));
    }

    @Test
    void startsWithTheSecondReading() {
        after(0, 1000);
        assertThat(history.curve("a").drawn()).isFalse();
        after(10, 1200);
        assertThat(history.curve("a").words()).isEqualTo("At most 20 packets a second in the last 10 minutes");
        assertThat(history.curve("a").path()).isEqualTo("M118 24V1H120V24");
        assertThat(history.curve("idle").drawn()).isFalse();
        assertThat(history.curve("unheard of").drawn()).isFalse();
    }

    @Test
    void leavesOutReadingsThatComeTooSoon() {
        after(0, 0);
        for (int i = 1; i <= 12; i++) {
            after(5, i == 1 ? 1000 : 1000 + i);
        }
        assertThat(history.curve("a").words()).startsWith("At most 100 ");
    }

    @Test
    void usesTheAverageOverAGapWithoutReadings() {
        after(0, 0);
        after(300, 3000);
        assertThat(history.curve("a").path()).isEqualTo("M60 24V1H120V24");
        assertThat(history.curve("a").words()).startsWith("At most 10 ");
    }

    @Test
    void keepsTenMinutes() {
        after(0, 0);
        after(10, 1000);
        for (int i = 0; i < 60; i++) {
            after(10, 1000);
        }
        assertThat(history.curve("a").drawn()).isFalse();
        assertThat(history.size()).as("counters that stand still are not kept").isZero();
    }

    @Test
    void startsAgainAfterALongGap() {
        after(0, 0);
        after(601, 1_000_000);
        assertThat(history.curve("a").drawn()).isFalse();
        after(10, 1_000_050);
        assertThat(history.curve("a").words()).startsWith("At most 5.0 ");
    }

    @Test
    void aNewOrDecreasedCounterDoesNotCountAsTraffic() {
        after(0, 1000);
        after(10, 10);
        history.note(Map.of("b", new Count(500, 0)));
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        history.note(Map.of("b", new Count(500, 0)));
        assertThat(history.curve("a").drawn()).isFalse();
        assertThat(history.curve("b").drawn()).isFalse();
    }

    @Test
    void keepsNoMoreThanFourHundredCounters() {
        for (int reading = 0; reading < 5; reading++) {
            var counters = new HashMap<String, Count>();
            for (int i = 0; i < 2000; i++) {
                counters.put("c" + (i + 100 * reading), new Count(1000L * reading, 0));
            }
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            history.note(counters);
        }
        assertThat(history.size()).isEqualTo(400);
    }
}
