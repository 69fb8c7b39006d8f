package io.portero.metrics;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The kernel's counters, read at most once a second however many ask, and never going backwards.
 *
 * <p>A counter that was made anew starts at zero; what it had counted before is added from then on. When the kernel cannot
 * be asked, the last answer stands.
 */
public final class KernelCounters {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();

    private final Firewall firewall;
    private final Map<String, Count> raw = new HashMap<>();
    private final Map<String, Count> offsets = new HashMap<>();
    private long readAt;
    private boolean read;
    private volatile Map<String, Count> latest = Map.of();

    public KernelCounters(Firewall firewall) {
        this.firewall = firewall;
    }

    /** The counters as of this second. */
    public synchronized Map<String, Count> latest() {
        if (!read || System.nanoTime() - readAt > FRESH) {
            if (firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> counts)) {
                latest = continued(counts);
            }
            read = true;
            readAt = System.nanoTime();
        }
        return latest;
    }

    Count latest(String counter) {
        return latest().getOrDefault(counter, Count.ZERO);
    }

    private Map<String, Count> continued(Map<String, Count> counts) {
        var all = new HashMap<>(latest);
        counts.forEach((name, count) -> {
            var last = raw.getOrDefault(name, Count.ZERO);
            if (count.packets() < last.packets() || count.bytes() < last.bytes()) {
                offsets.merge(name, last, KernelCounters::sum);
            }
            raw.put(name, count);
            all.put(name, sum(count, offsets.getOrDefault(name, Count.ZERO)));
        });
        return Map.copyOf(all);
    }

    private static Count sum(Count a, Count b) {
        return new Count(a.packets() + b.packets(), a.bytes() + b.bytes());
    }
}
