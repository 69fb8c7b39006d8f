package io.portero.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Fires once for each time that it is set to, however often it is checked; for use by one thread. */
final class Alarm {
    private Optional<Instant> rung = Optional.empty();

    /** @param moment the time that it is set to; empty for never */
    boolean rings(Optional<Instant> moment, Instant now) {
        boolean due = moment.filter(m -> !m.isAfter(now)).isPresent() && !moment.equals(rung);
        if (due) {
            rung = moment;
        }
        return due;
    }

    /** The time until it fires, at most {@code most}. */
    Duration silence(Optional<Instant> moment, Instant now, Duration most) {
        return moment.filter(m -> !moment.equals(rung))
                .filter(m -> m.isBefore(now.plus(most)))
                .map(m -> m.isAfter(now) ? Duration.between(now, m) : Duration.ZERO)
                .orElse(most);
    }
}
