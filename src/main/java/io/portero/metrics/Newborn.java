package io.portero.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A counter that is shown once at 0 before its first increase.
 *
 * <p>Prometheus compares samples, so a series that starts at 1 has no increase for {@code increase()}. If all labels
 * are known beforehand, the series start at 0 with the agent. This class is for labels with unknown values, such as the
 * name of a program: the first counts are held back until the series was in the answer to a scrape. If two Prometheus
 * servers scrape the same agent, only the first one is sure to see the increase.
 */
final class Newborn {
    private final Set<Counter> shown = new HashSet<>();
    private final Map<Counter, Integer> held = new LinkedHashMap<>();

    /** For series that exist from the start. */
    synchronized void known(Counter counter) {
        shown.add(counter);
    }

    synchronized void increment(Counter counter) {
        if (shown.contains(counter)) {
            counter.increment();
        } else {
            held.merge(counter, 1, Integer::sum);
        }
    }

    /** Counts that were held back before the text was written are released now. */
    String scraped(Supplier<String> text) {
        var before = waiting();
        var written = text.get();
        show(before);
        return written;
    }

    private synchronized Set<Counter> waiting() {
        return Set.copyOf(held.keySet());
    }

    private synchronized void show(Set<Counter> counters) {
        for (var counter : counters) {
            var count = held.remove(counter);
            if (count != null) {
                counter.increment(count);
                shown.add(counter);
            }
        }
    }
}
