package io.portero.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Rings once for each moment that it is set to, however often it is looked at; for use by one thread. */
final class Alarm {
    private Optional<Instant> rung = Optional.empty();

    /** @param moment what it is set to; nothing for never */
    boolean rings(Optional<Instant> moment, Instant now) {
        boolean due = moment.filter(m -> !m.isAfter(now)).isPresent() && !moment.equals(rung);
        if (due) {
            rung = moment;
        }
        return due;
    }

    /** How long it stays silent, {@code most} at most. */
    Duration silence(Optional<Instant> moment, Instant now, Duration most) {
        return moment.filter(m -> !moment.equals(rung))
                .filter(m -> m.isBefore(now.plus(most)))
                .map(m -> m.isAfter(now) ? Duration.between(now, m) : Duration.ZERO)
                .orElse(most);
    }
}
