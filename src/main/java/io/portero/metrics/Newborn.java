package io.portero.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows a counter at 0 once before it shows its first increase.
 *
 * <p>Prometheus compares samples: what is born at 1 has never risen for {@code increase()}. Where all labels are known
 * beforehand the series begin at 0 with the agent. This is for those of which one is not known, such as the name of a
 * program: what is counted first is held back until the series has been in an answer to a scrape. Of two Prometheis that
 * scrape the same agent, the first one sees it rise.
 */
final class Newborn {
    private final Set<Counter> shown = new HashSet<>();
    private final Map<Counter, Integer> held = new LinkedHashMap<>();

    /** For what has been there from the start. */
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

    /** What was held before the text was written counts from now on. */
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
