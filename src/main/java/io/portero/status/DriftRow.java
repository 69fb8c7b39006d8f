package io.portero.status;

import io.portero.drift.Culprit;
import io.portero.events.Status.SeenDrift;
import java.time.Instant;
import java.util.Optional;

/**
 * A change of our table by another program.
 *
 * @param at the time of the repair, or of the try
 * @param kind the kind of object
 * @param program {@code unknown} if not known
 * @param stoodSeconds how long it lasted, in whole milliseconds
 */
public record DriftRow(
        Instant at, String kind, String what, String program, Optional<Long> pid, Optional<Double> stoodSeconds) {

    static DriftRow of(SeenDrift seen) {
        var drift = seen.drift().drift();
        return new DriftRow(
                seen.at(),
                drift.kind().word(),
                drift.sentence(),
                seen.drift().program(),
                seen.drift().culprit().map(Culprit::pid),
                seen.stood().map(d -> d.toMillis() / 1000.0));
    }

    public Optional<Long> stoodMillis() {
        return stoodSeconds.map(s -> Math.round(s * 1000));
    }
}
