package io.portero.drift;

import java.util.function.LongSupplier;

/** What it takes to notice what others do to our table, and to keep one's temper. */
public record Vigil(TableWatch watch, Fight fight, LongSupplier nanoTime) {
    public static Vigil over(TableWatch watch, LongSupplier nanoTime) {
        return new Vigil(watch, new Fight(nanoTime), nanoTime);
    }
}
