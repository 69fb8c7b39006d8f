package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * The state of a roll in the store, as seen by one operator.
 *
 * <p>Every change is a compare-and-set, so that the second of two operators gets an error. It waits out the failure of
 * a node.
 */
final class RollRecord {
    private static final Duration LOOK = Duration.ofMillis(250);
    /** How long a store may be away during a roll. */
    private static final Duration STORE_PATIENCE = Duration.ofMinutes(2);

    private final OperatorStore store;
    private final Clock clock;
    private long revision;

    RollRecord(OperatorStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Only one of two operators succeeds here. */
    RollState claim(RollState wanted) throws IOException, Refusal {
        var there = store.roll();
        var now = clock.instant();
        var state = there.flatMap(e -> RollState.parse(e.value()));
        if (state.filter(s -> s.isAttended(now)).isPresent()) {
            throw new Refusal(Kind.OLDER, state.get().sentence() + "; wait for it, or end it with portero fleet back");
        }
        var claimed = state.filter(s -> s.version() == wanted.version() && s.phase() != RollState.Phase.DONE)
                .map(s -> s.takenOver(wanted.by(), now))
                .orElse(wanted);
        revision = there.map(OperatorStore.Entry::revision).orElse(0L);
        save(claimed);
        return claimed;
    }

    private void write(RollState state) throws IOException, Refusal {
        try {
            revision = store.putRoll(state.bytes(), revision);
        } catch (OperatorStore.Conflict e) {
            var there = store.roll();
            if (there.filter(s -> Arrays.equals(s.value(), state.bytes())).isPresent()) {
                revision = there.get().revision(); // it was written, but the answer was lost with a node
                return;
            }
            requireOurs(there);
            throw notUpToDate();
        }
    }

    /** @throws Refusal if another operator has taken over the roll, or ended it */
    void requireOurs() throws IOException, Refusal {
        requireOurs(store.roll());
    }

    private void requireOurs(Optional<OperatorStore.Entry> there) throws Refusal {
        if (there.filter(s -> s.revision() <= revision).isEmpty()) {
            var other = there.flatMap(s -> RollState.parse(s.value()));
            throw new Refusal(
                    Kind.OLDER,
                    "another operator acted first: "
                            + other.map(RollState::sentence).orElse("the roll was ended"));
        }
    }

    /** A read from such a node made a compare-and-set fail. */
    static IOException notUpToDate() {
        return new IOException("a node of the store is not up to date");
    }

    void save(RollState state) throws IOException, Refusal {
        retried(() -> write(state));
    }

    interface Step {
        void take() throws IOException, Refusal;
    }

    /** When a node fails, the store is away for some seconds. */
    void retried(Step step) throws IOException, Refusal {
        var end = clock.instant().plus(STORE_PATIENCE);
        while (true) {
            try {
                step.take();
                return;
            } catch (IOException e) {
                if (clock.instant().isAfter(end)) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Before the store is asked again. */
    static void pause() throws IOException {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
