package io.portero.status;

import io.portero.drift.Culprit;
import io.portero.events.Status.SeenDrift;
import java.time.Instant;
import java.util.Optional;

/**
 * A change of our table by another program.
 *
 * @param at when it was put right, or was tried to be
 * @param kind the kind of object
 * @param program {@code unknown} where it is not known
 * @param stoodSeconds how long it stood, in whole milliseconds
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
