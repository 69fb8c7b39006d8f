package io.portero.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class NewbornTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Newborn newborn = new Newborn();

    private double count(String name) {
        return registry.counter(name).count();
    }

    private String scrape(String name) {
        return newborn.scraped(() -> String.valueOf(count(name)));
    }

    @Test
    void showsZeroOnceBeforeTheFirstIncrease() {
        newborn.increment(registry.counter("drift"));
        newborn.increment(registry.counter("drift"));
        assertThat(scrape("drift")).isEqualTo("0.0");
        assertThat(scrape("drift")).isEqualTo("2.0");
        newborn.increment(registry.counter("drift"));
        assertThat(scrape("drift")).isEqualTo("3.0");
    }

    @Test
    void aSeriesThatExistsFromTheStartCountsAtOnce() {
        newborn.known(registry.counter("drift"));
        newborn.increment(registry.counter("drift"));
        assertThat(scrape("drift")).isEqualTo("1.0");
    }

    @Test
    void holdsBackAnIncrementDuringAScrape() {
        var first = newborn.scraped(() -> {
            newborn.increment(registry.counter("late"));
            return "written before";
        });
        assertThat(first).isEqualTo("written before");
        assertThat(scrape("late")).isEqualTo("0.0");
        assertThat(scrape("late")).isEqualTo("1.0");
    }
}
