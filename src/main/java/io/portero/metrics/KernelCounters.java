package io.portero.metrics;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.state.CounterMemory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The kernel's counters, read at most once a second, and for at most a tenth of the time: nft 1.0.6 needs a second for
 * it if sets hold 100,000 members.
 *
 * <p>A separate thread reads, one reading at a time. A caller waits at most {@value #PATIENCE_MILLIS} ms; after one
 * caller has timed out, the others do not wait. If the kernel does not answer, the last answer stays valid.
 */
public final class KernelCounters {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final int REST = 9;
    private static final long PATIENCE_MILLIS = 2_000;

    private final Firewall firewall;
    private final Supplier<Map<String, Count>> more;
    private final CounterMemory memory;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private Inquiry inquiry = Inquiry.answered();
    private volatile Map<String, Count> known;
    private long readAt;
    private long fresh = FRESH;

    /** One reading of the kernel. */
    private static final class Inquiry {
        private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
        private volatile boolean givenUp;

        static Inquiry answered() {
            var inquiry = new Inquiry();
            inquiry.answer.complete(true);
            return inquiry;
        }

        void await() {
            if (givenUp) {
                return;
            }
            try {
                answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                givenUp = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @param executor runs the readings, one at a time; a reading may take as long as a hanging nft */
    public KernelCounters(Firewall firewall, CounterMemory memory, Executor executor, LongSupplier nanoTime) {
        this(firewall, Map::of, memory, executor, nanoTime);
    }

    /** @param more counters of another table, read after those of the firewall */
    public KernelCounters(
            Firewall firewall,
            Supplier<Map<String, Count>> more,
            CounterMemory memory,
            Executor executor,
            LongSupplier nanoTime) {
        this.firewall = firewall;
        this.more = more;
        this.memory = memory;
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.known = memory.totals();
        this.readAt = nanoTime.getAsLong() - FRESH;
    }

    /** The counters of this second, if the kernel answers in time. */
    public Map<String, Count> latest() {
        current().await();
        return known;
    }

    Count latest(String counter) {
        return latest().getOrDefault(counter, Count.ZERO);
    }

    /** The counters as of the last reading. */
    public Map<String, Count> known() {
        return known;
    }

    private synchronized Inquiry current() {
        if (inquiry.answer.isDone() && nanoTime.getAsLong() - readAt >= fresh) {
            var next = new Inquiry();
            inquiry = next;
            executor.execute(() -> read(next));
        }
        return inquiry;
    }

    private void read(Inquiry next) {
        long start = nanoTime.getAsLong();
        try {
            if (firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> shown)) {
                memory.totals(more.get());
                known = memory.totals(shown);
                memory.save();
            }
        } finally {
            answered(next, start);
        }
    }

    private synchronized void answered(Inquiry next, long start) {
        readAt = nanoTime.getAsLong();
        fresh = Math.max(FRESH, REST * (readAt - start));
        next.answer.complete(true);
    }
}
