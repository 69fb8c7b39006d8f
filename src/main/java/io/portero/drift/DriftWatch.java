package io.portero.drift;

import java.util.function.LongSupplier;

/** What it takes to notice what others do to our table, and to keep one's temper. */
public record DriftWatch(TableWatch watch, Contention contention, LongSupplier nanoTime) {
    public static DriftWatch over(TableWatch watch, LongSupplier nanoTime) {
        return new DriftWatch(watch, new Contention(nanoTime), nanoTime);
    }
}
