package io.portero.lists;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Owns the times of fetches: the pause between two fetches, and the wait for the next one that is due. */
final class FetchTimes {
    /** Random part of the pause, so that many hosts do not fetch in the same second. */
    private static final double JITTER = 0.1;

    private final Clock clock;
    private final RandomGenerator random;
    private final Semaphore woken = new Semaphore(0);

    FetchTimes(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    Duration pause() {
        var shift = Entry.EVERY.toMillis() * JITTER * (2 * random.nextDouble() - 1);
        return Entry.EVERY.plusMillis((long) shift);
    }

    /** Ends a wait because the times have changed. */
    void changed() {
        woken.release();
    }

    /** Waits until the first of these times, until they change, or until a limit. */
    void awaitFirst(Collection<Instant> due, Duration longest) throws InterruptedException {
        woken.tryAcquire(until(due, longest).toMillis() + 1, TimeUnit.MILLISECONDS);
        woken.drainPermits();
    }

    private Duration until(Collection<Instant> due, Duration longest) {
        var now = clock.instant();
        return due.stream()
                .map(d -> Duration.between(now, d))
                .map(d -> d.isNegative() ? Duration.ZERO : d)
                .min(Duration::compareTo)
                .filter(d -> d.compareTo(longest) < 0)
                .orElse(longest);
    }
}
