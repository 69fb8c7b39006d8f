package io.portero.nft;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Tells a monitor that no longer hears from one that has nothing to hear.
 *
 * <p>A change of ours must be told of within {@code PATIENCE}. It may be told of before the program that made it has ended: so
 * what counts is whether anything was heard since the change began.
 */
final class Deafness {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LongSupplier nanoTime;
    private int run;
    private boolean listening;
    private long generations;
    private OptionalLong unheardSince = OptionalLong.empty();

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
    }

    synchronized void listens() {
        listening = true;
    }

    synchronized void hears() {
        generations++;
        unheardSince = OptionalLong.empty();
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
        return unheardSince.isEmpty()
                ? Optional.empty()
                : Optional.of(PATIENCE.minusNanos(nanoTime.getAsLong() - unheardSince.getAsLong()));
    }
}
