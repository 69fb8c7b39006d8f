package io.portero.loop;

import java.time.Duration;
import java.util.Optional;

/** Receives the heartbeats of the loop, so that a hang can be noticed. */
public interface Heartbeat {
    Heartbeat NONE = new Heartbeat() {
        @Override
        public Optional<Duration> every() {
            return Optional.empty();
        }

        @Override
        public void beat() {}
    };

    /** The longest allowed time between two heartbeats; empty when nobody listens. */
    Optional<Duration> every();

    void beat();
}
