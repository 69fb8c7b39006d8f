package io.portero.demo;

import io.portero.lab.Lab;
import io.portero.lab.Patience;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Somebody trying one port over and over, each time anew.
 *
 * @param source one of his addresses
 */
record Attempt(Lab lab, Place place, String source, Protocol protocol, int port) {
    private static final Duration PATIENCE = Patience.of(Duration.ofMillis(300));

    /** When the last try that got in began, once he no longer does; nothing when he does for all of that time. */
    OptionalLong awaitShut(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long open = System.nanoTime();
        while (System.nanoTime() < end) {
            var reach = lab.from(place)
                    .reach(protocol, source, Place.HOST.address(Family.V4), port, PATIENCE)
                    .join();
            if (reach == Reach.SILENT) {
                return OptionalLong.of(open);
            }
            open = System.nanoTime();
            Thread.sleep(2);
        }
        return OptionalLong.empty();
    }
}
