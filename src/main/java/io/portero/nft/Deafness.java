package io.portero.nft;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Tells a monitor that no longer hears from one that has nothing to hear.
 *
 * <p>A change of ours must be told of within {@code PATIENCE}. It may be told of before the program that made it has ended: so
 * what counts is whether anything was heard since the change began.
 *
 * <p>A change by others that somebody found by looking must be told of as well, within the same time: on a busy host a look may be
 * faster than the monitor. What is found soon after the monitor's start may have happened before it.
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

    /** How much was heard at some time, by which run of the monitor. */
    record Mark(int run, boolean listening, long generations) {}

    /** A monitor is started, and does not hear yet. */
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

    /** Somebody found such a change, and it was not heard of yet. */
    synchronized void isFound() {
        long now = nanoTime.getAsLong();
        if (listening && foundSince.isEmpty() && now - listeningSince > PATIENCE.toNanos()) {
            foundSince = OptionalLong.of(now);
        }
    }

    /** To be kept from before a change begins. */
    synchronized Mark mark() {
        return new Mark(run, listening, generations);
    }

    /** What began at that mark is done. */
    synchronized void expect(Mark begun) {
        if (begun.listening() && begun.equals(mark()) && unheardSince.isEmpty()) {
            unheardSince = OptionalLong.of(nanoTime.getAsLong());
        }
    }

    /** When it is to be taken for deaf, zero or less when it is; nothing while it need not hear. */
    synchronized Optional<Duration> left() {
        return Stream.of(unheardSince, foundSince)
                .flatMap(since -> since.isPresent() ? Stream.of(since.getAsLong()) : Stream.empty())
                .map(since -> PATIENCE.minusNanos(nanoTime.getAsLong() - since))
                .min(Comparator.naturalOrder());
    }
}
