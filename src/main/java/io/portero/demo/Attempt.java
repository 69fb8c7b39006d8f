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
 * Repeated connection attempts from one address to one port, each with a new flow.
 *
 * @param source the source address
 */
record Attempt(Lab lab, Place place, String source, Protocol protocol, int port) {
    private static final Duration PATIENCE = Patience.of(Duration.ofMillis(300));

    /**
     * Waits until an attempt gets no answer. Returns when the last successful attempt had ended; empty if the port
     * stayed open.
     */
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
