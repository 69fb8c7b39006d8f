package io.portero.loop;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers when the loop last went on.
 *
 * <p>The loop beats between passes, at least every 10 seconds, and after every call of the firewall within a pass. A
 * call of nft ends after 30 seconds at the latest, a look at connection tracking after 5, a wait for the disk after 2,
 * so the longest legitimate silence is under 40 seconds, and after {@link #LONGEST_SILENCE} something hangs. Only the
 * thread of the loop beats; the watchdog of systemd hears the same beats.
 */
public final class Pulse implements Heartbeat {
    public static final Duration LONGEST_SILENCE = Duration.ofSeconds(80);
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Heartbeat heart;
    private final LongSupplier nanoTime;
    private volatile long last;

    /** @param heart receives each beat */
    public Pulse(Heartbeat heart, LongSupplier nanoTime) {
        this.heart = heart;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    @Override
    public Optional<Duration> every() {
        return Optional.of(heart.every().filter(d -> d.compareTo(EVERY) < 0).orElse(EVERY));
    }

    @Override
    public void beat() {
        last = nanoTime.getAsLong();
        heart.beat();
    }

    /** Whether the last beat is recent enough. */
    public boolean isAlive() {
        return nanoTime.getAsLong() - last < LONGEST_SILENCE.toNanos();
    }
}
