package io.portero.demo;

import io.portero.lab.Lab;
import io.portero.lab.Outpost;
import io.portero.lab.Patience;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.time.Duration;
import java.util.OptionalLong;

/** The stranger trying one TCP port over and over, each time anew. */
record Attempt(Lab lab, int port) {
    private static final Duration PATIENCE = Patience.of(Duration.ofMillis(300));

    /** When he last got in, once he no longer does; nothing when he does for all of that time. */
    OptionalLong awaitShut(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long open = System.nanoTime();
        while (System.nanoTime() < end) {
            var reach = lab.from(Place.STRANGER)
                    .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(Family.V4), port, PATIENCE)
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
