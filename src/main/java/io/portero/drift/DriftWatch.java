package io.portero.drift;

import java.util.function.LongSupplier;

/** The parts that notice changes by other programs, and that limit the rate of repairs. */
public record DriftWatch(TableWatch watch, Contention contention, LongSupplier nanoTime) {
    public static DriftWatch over(TableWatch watch, LongSupplier nanoTime) {
        return new DriftWatch(watch, new Contention(nanoTime), nanoTime);
    }
}
