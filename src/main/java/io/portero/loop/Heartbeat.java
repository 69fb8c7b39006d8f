package io.portero.loop;

import java.time.Duration;
import java.util.Optional;

/** Is told by the loop that it goes round, so that somebody may notice when it no longer does. */
public interface Heartbeat {
    Heartbeat NONE = new Heartbeat() {
        @Override
        public Optional<Duration> every() {
            return Optional.empty();
        }

        @Override
        public void beat() {}
    };

    /** How often it must be told at least; not at all when nobody listens. */
    Optional<Duration> every();

    void beat();
}
