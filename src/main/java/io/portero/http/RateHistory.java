package io.portero.http;

import io.portero.apply.Firewall.Count;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Owns the rates of counters over the last ten minutes.
 *
 * <p>It uses the readings that the page and scrapes cause anyway, so it costs no extra reading of the kernel, and
 * nothing at all while nobody looks. A point is the average between two readings that are ten seconds apart or more.
 * Memory is bounded: 60 points of four bytes for at most {@value #MAX_COUNTERS} counters that changed, 130 kB in total.
 */
final class RateHistory {
    static final Duration SPAN = Duration.ofMinutes(10);
    private static final int POINTS = 60;
    private static final int MAX_COUNTERS = 400;
    private static final long LEAST = SPAN.toNanos() / POINTS;

    private final LongSupplier nanoTime;
    private final Point[] points = new Point[POINTS];
    private final Map<String, float[]> rates = new HashMap<>();
    private Reading last = new Reading(0, Map.of());
    private int noted;

    RateHistory(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Reading(long at, Map<String, Count> counters) {}

    /** The time between two points. */
    private record Point(long from, long to) {}

    /** Adds a reading; skips it if it comes too soon after the last one. */
    synchronized void note(Map<String, Count> counters) {
        long now = nanoTime.getAsLong();
        boolean first = last.counters().isEmpty();
        if (!first && now - last.at() < LEAST) {
            return;
        }
        if (!first && now - last.at() <= SPAN.toNanos()) {
            add(new Reading(now, counters));
        }
        last = new Reading(now, counters);
    }

    private void add(Reading reading) {
        int place = noted++ % POINTS;
        points[place] = new Point(last.at(), reading.at());
        rates.values().forEach(of -> of[place] = 0);
        rates.values().removeIf(RateHistory::isStill);
        double seconds = (reading.at() - last.at()) / 1e9;
        reading.counters().forEach((name, count) -> {
            // A new counter started at some time in between, with an unknown value.
            long passed =
                    count.packets() - last.counters().getOrDefault(name, count).packets();
            if (passed > 0 && (rates.containsKey(name) || rates.size() < MAX_COUNTERS)) {
                rates.computeIfAbsent(name, n -> new float[POINTS])[place] = (float) (passed / seconds);
            }
        });
    }

    private static boolean isStill(float[] rates) {
        for (float rate : rates) {
            if (rate > 0) {
                return false;
            }
        }
        return true;
    }

    /** The last ten minutes of a counter. */
    synchronized Curve curve(String counter) {
        var curve = new Curve.Drawing(SPAN, nanoTime.getAsLong());
        var of = rates.get(counter);
        if (of != null) {
            for (int i = Math.max(0, noted - POINTS); i < noted; i++) {
                var point = points[i % POINTS];
                curve.add(point.from(), point.to(), of[i % POINTS]);
            }
        }
        return curve.done();
    }

    /** For tests: how many counters are kept. */
    synchronized int size() {
        return rates.size();
    }
}
