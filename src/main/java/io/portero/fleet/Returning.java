package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds what the fleet had before, to be signed as a new version: versions only rise.
 *
 * <p>In the middle of a roll, and after one that halted, that is what every host had before the roll; else it is what was there before
 * the bundle of now.
 */
public final class Returning {
    private final OperatorStore store;
    private final Clock clock;

    public Returning(OperatorStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** By role, all of one new version. */
    public Map<String, Manifest> manifests() throws IOException, Refusal {
        var roll = store.roll().flatMap(e -> RollState.parse(e.value()));
        var unfinished = roll.filter(r -> r.phase() != RollState.Phase.DONE);
        var found = new TreeMap<String, Manifest>();
        long highest = unfinished.map(RollState::version).orElse(0L);
        for (var role : store.roles()) {
            var versions = store.history(role);
            if (versions.isEmpty()) {
                continue;
            }
            var current = manifest(versions.getFirst());
            highest = Math.max(highest, current.version());
            found.put(
                    role,
                    unfinished.filter(r -> r.version() > current.version()).isPresent()
                            ? current
                            : before(current, versions).orElse(current));
        }
        if (found.isEmpty()) {
            throw new Refusal(Kind.OLDER, "the store holds nothing to return to; push a bundle first");
        }
        long next = highest + 1;
        found.replaceAll((role, m) -> m.as(next, now(), now().plus(Duration.between(m.made(), m.expires()))));
        return found;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static Optional<Manifest> before(Manifest current, List<byte[]> versions) throws Refusal {
        for (var bytes : versions) {
            var earlier = manifest(bytes);
            if (!earlier.saysAs(current)) {
                return Optional.of(earlier);
            }
        }
        return Optional.empty();
    }

    private static Manifest manifest(byte[] bytes) throws Refusal {
        return Manifest.parse(Bundle.parse(bytes).signed());
    }

    /** Ends a roll that is not done, so that nobody takes what it brought any more. */
    public void endRoll(String by) throws IOException, Refusal {
        var there = store.roll();
        var roll = there.flatMap(e -> RollState.parse(e.value()));
        if (roll.isEmpty() || roll.get().phase() == RollState.Phase.DONE) {
            return;
        }
        for (var role : store.roles()) {
            store.delete(Slot.GATE, role);
            store.delete(Slot.NEXT, role);
        }
        var ended = roll.get().halted("ended by " + by + " with portero fleet back", clock.instant());
        try {
            store.putRoll(ended.bytes(), there.get().revision());
        } catch (OperatorStore.Conflict e) {
            throw new Refusal(Kind.OLDER, "the roll moved on just now; call portero fleet back again");
        }
    }
}
