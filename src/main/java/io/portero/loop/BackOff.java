package io.portero.loop;

import io.portero.reconcile.PassResult;
import java.time.Duration;

/**
 * Says when the next pass is due.
 *
 * <p>The cost of a look at the kernel grows with its sets, so looks take at most 1/{@value #SHARE} of the time. After
 * failures the next try comes after 0.1, 0.2, 0.4 ... up to 30 seconds.
 */
final class BackOff {
    private static final int SHARE = 50;
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    /** Long enough for a burst of edits to end, short enough to notice soon if an apply did not work. */
    private static final Duration VERIFICATION = Duration.ofSeconds(1);

    private int failures;

    Duration after(PassResult result, Duration interval, Duration took) {
        failures = result == PassResult.FAILED ? failures + 1 : 0;
        return switch (result) {
            case DONE -> longer(interval, took.multipliedBy(SHARE));
            case POSTPONED -> interval;
            case UNVERIFIED -> VERIFICATION;
            case FAILED -> shorter(LAST_RETRY, FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10)));
        };
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
