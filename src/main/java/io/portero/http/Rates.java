package io.portero.http;

import io.portero.apply.Firewall.Count;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Computes the current rates of counters from the readings that page views cause.
 *
 * <p>A rate is an average over at least two seconds and at most a minute; after the first reading there is none.
 */
final class Rates {
    private static final long LEAST = Duration.ofSeconds(2).toNanos();
    private static final long MOST = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private final Deque<Sample> samples = new ArrayDeque<>();

    Rates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Sample(long at, Map<String, Count> counters) {}

    /** Packets a second by counter, as of this reading; empty where nothing is known yet. */
    synchronized Map<String, Double> of(Map<String, Count> counters) {
        var now = new Sample(nanoTime.getAsLong(), Map.copyOf(counters));
        samples.removeIf(s -> now.at() - s.at() > MOST);
        var base = samples.stream().filter(s -> now.at() - s.at() >= LEAST).findFirst();
        if (samples.isEmpty() || now.at() - samples.getFirst().at() >= LEAST) {
            samples.addFirst(now);
        }
        return base.map(b -> between(b, now)).orElse(Map.of());
    }

    private static Map<String, Double> between(Sample base, Sample now) {
        double seconds = (now.at() - base.at()) / 1e9;
        var rates = new HashMap<String, Double>();
        now.counters().forEach((name, count) -> {
            long before = base.counters().getOrDefault(name, Count.ZERO).packets();
            rates.put(name, Math.max(0, count.packets() - before) / seconds);
        });
        return rates;
    }
}
