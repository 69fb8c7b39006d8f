package io.portero.drift;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the program that caused a drift, and when it did.
 *
 * <p>The cause is the last program that changed the object; if no change of the object is known, the last program
 * that changed anything; otherwise it is unknown.
 */
public final class Attribution {
    private final List<ForeignChange> changes;

    /** @param changes those that happened before the drifts were found, oldest first */
    public Attribution(Collection<ForeignChange> changes) {
        this.changes = List.copyOf(changes);
    }

    public List<Attributed> of(List<Drift> drifts) {
        return drifts.stream().map(d -> new Attributed(d, culprit(d))).toList();
    }

    private Optional<Culprit> culprit(Drift drift) {
        return changes.reversed().stream()
                .min(Comparator.comparing(c -> !isOn(c, drift)))
                .map(ForeignChange::culprit);
    }

    private static boolean isOn(ForeignChange change, Drift drift) {
        return drift.kind() == Drift.Kind.TABLE ? change.tableGone() : change.touches(drift.object());
    }

    /** How long ago the first change was reported; empty if none was. */
    public Optional<Duration> stood(long nowNanos) {
        return changes.stream().findFirst().map(c -> Duration.ofNanos(nowNanos - c.seenNanos()));
    }

    /** A drift, and the program that caused it, if known. */
    public record Attributed(Drift drift, Optional<Culprit> culprit) {

        /** The program's name, or {@code unknown}. */
        public String program() {
            return culprit.map(Culprit::program).orElse("unknown");
        }

        @Override
        public String toString() {
            return drift.sentence() + culprit.map(c -> " by " + c).orElse("");
        }
    }
}
