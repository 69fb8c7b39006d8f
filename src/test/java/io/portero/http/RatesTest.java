package io.portero.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Count;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
    private final AtomicLong now = new AtomicLong();
    private final Rates rates = new Rates(now::get);

    private Map<String, Double> after(int seconds, long packets) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        return rates.of(Map.of("a", new Count(packets, 0)));
    }

    @Test
    void areKnownFromTheSecondReadingOn() {
        assertThat(after(0, 1000)).isEmpty();
        assertThat(after(10, 1500)).containsEntry("a", 50.0);
        assertThat(after(10, 1500)).containsEntry("a", 0.0);
    }

    @Test
    void coverAtLeastTwoSecondsForAnyNumberOfReaders() {
        after(0, 0);
        assertThat(after(1, 100)).isEmpty();
        assertThat(after(1, 400)).containsEntry("a", 200.0);
        assertThat(after(1, 500)).as("since the first").containsEntry("a", 500 / 3.0);
        assertThat(after(1, 600)).as("since the third").containsEntry("a", 100.0);
    }

    @Test
    void areUnknownAfterALongGap() {
        after(0, 0);
        assertThat(after(61, 1000)).isEmpty();
    }

    @Test
    void areNeverNegative() {
        after(0, 1000);
        assertThat(after(5, 10)).containsEntry("a", 0.0);
    }
}
