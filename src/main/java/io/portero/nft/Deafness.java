package io.portero.nft;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Detects a monitor that no longer receives events.
 *
 * <p>The monitor must report our own changes within {@code PATIENCE}. It may do so before the program that made the
 * change has ended, so any report since the beginning of the change counts.
 *
 * <p>If a look finds a change by others, the monitor must report it within the same time: on a busy host a look may be
 * faster than the monitor. A change found soon after the monitor's start may be older than the monitor.
 */
final class Deafness {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LongSupplier nanoTime;
    private int run;
    private boolean listening;
    private long listeningSince;
    private long generations;
    private OptionalLong unheardSince = OptionalLong.empty();
    private OptionalLong foundSince = OptionalLong.empty();

    Deafness(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The number of reports at some time, and the run of the monitor. */
    record Mark(int run, boolean listening, long generations) {}

    /** A monitor was started, but has not subscribed yet. */
    synchronized void starts() {
        run++;
        listening = false;
        unheardSince = OptionalLong.empty();
        foundSince = OptionalLong.empty();
    }

    synchronized void listens() {
        listening = true;
        listeningSince = nanoTime.getAsLong();
    }

    synchronized void hears() {
        generations++;
        unheardSince = OptionalLong.empty();
    }

    /** A change by others to our table. */
    synchronized void hearsOfOthers() {
        foundSince = OptionalLong.empty();
    }

    /** A look has found a change by others that the monitor has not reported yet. */
    synchronized void isFound() {
        long now = nanoTime.getAsLong();
        if (listening && foundSince.isEmpty() && now - listeningSince > PATIENCE.toNanos()) {
            foundSince = OptionalLong.of(now);
        }
    }

    /** To be taken before a change begins. */
    synchronized Mark mark() {
        return new Mark(run, listening, generations);
    }

    /** The change that began at that mark is done. */
    synchronized void expect(Mark begun) {
        if (begun.listening() && begun.equals(mark()) && unheardSince.isEmpty()) {
            unheardSince = OptionalLong.of(nanoTime.getAsLong());
        }
    }

    /** The time until it counts as deaf; zero or less if it is deaf now; nothing while no report is due. */
    synchronized Optional<Duration> left() {
        return Stream.of(unheardSince, foundSince)
                .flatMap(since -> since.isPresent() ? Stream.of(since.getAsLong()) : Stream.empty())
                .map(since -> PATIENCE.minusNanos(nanoTime.getAsLong() - since))
                .min(Comparator.naturalOrder());
    }
}
