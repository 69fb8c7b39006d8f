package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the earlier policy of the fleet, to be signed as a new version: versions only increase.
 *
 * <p>During a roll, and after one that halted, that is the policy before the roll; otherwise it is the one before the
 * current bundles. Content of the store is trusted only by its signatures, because it will be signed again.
 */
public final class Returning {
    /** A store that lies about a roll could otherwise use up all versions. */
    private static final long LONGEST_STEP = 1000;

    private final OperatorStore store;
    private final Believing believing;
    private final Clock clock;

    /** Verifies a bundle without regard to version and age. */
    @FunctionalInterface
    public interface Believing {
        Manifest manifest(String role, byte[] bytes) throws Refusal;
    }

    public Returning(OperatorStore store, Believing believing, Clock clock) {
        this.store = store;
        this.believing = believing;
        this.clock = clock;
    }

    /**
     * The bundles by role, all of one new version.
     *
     * @param signed the highest version that was signed here
     */
    public Map<String, Manifest> manifests(long signed) throws IOException, Refusal {
        var histories = histories();
        if (histories.isEmpty()) {
            throw new Refusal(Kind.OLDER, "the store has no earlier version; push a bundle first");
        }
        long pushed = histories.values().stream()
                .mapToLong(h -> h.getFirst().version())
                .max()
                .orElse(0);
        long rolled = rolled(Math.max(pushed, signed));
        var found = rolled > pushed ? at(histories, pushed) : before(histories, pushed);
        long next = 1 + Math.max(Math.max(pushed, signed), rolled);
        found.replaceAll((role, m) -> m.as(next, now(), now().plus(Duration.between(m.made(), m.expires()))));
        return found;
    }

    /** The latest first. */
    private Map<String, List<Manifest>> histories() throws IOException, Refusal {
        var histories = new TreeMap<String, List<Manifest>>();
        for (var role : store.roles()) {
            var versions = new ArrayList<Manifest>();
            for (var bytes : store.history(role)) {
                try {
                    versions.add(believing.manifest(role, bytes));
                } catch (Refusal e) {
                    if (versions.isEmpty()) {
                        throw e;
                    } // otherwise nobody could return to it
                }
            }
            if (!versions.isEmpty()) {
                histories.put(role, versions);
            }
        }
        return histories;
    }

    private Optional<RollState> unfinished() throws IOException {
        return store.roll().flatMap(e -> RollState.parse(e.value())).filter(r -> r.phase() != RollState.Phase.DONE);
    }

    private long rolled(long highest) throws IOException, Refusal {
        long version = unfinished().map(RollState::version).orElse(0L);
        if (version > highest + LONGEST_STEP) {
            throw new Refusal(
                    Kind.OLDER,
                    "the store says that version " + version + " is rolled out, but the highest signed version is "
                            + highest + "; the store is wrong or damaged: sign and push your own version");
        }
        return version;
    }

    /** The bundles of the fleet as of a version; a newer role keeps its current bundle. */
    private static Map<String, Manifest> at(Map<String, List<Manifest>> histories, long version) {
        var state = new TreeMap<String, Manifest>();
        histories.forEach((role, versions) -> state.put(
                role,
                versions.stream()
                        .filter(m -> m.version() <= version)
                        .findFirst()
                        .orElse(versions.getFirst())));
        return state;
    }

    /** The latest one that differs from the current one. */
    private static Map<String, Manifest> before(Map<String, List<Manifest>> histories, long now) throws Refusal {
        var versions = new TreeSet<Long>();
        histories.values().forEach(h -> h.forEach(m -> versions.add(m.version())));
        for (long version : versions.headSet(now, false).descendingSet()) {
            var state = at(histories, version);
            boolean isOther = state.entrySet().stream()
                    .anyMatch(m -> histories.getOrDefault(m.getKey(), List.of()).stream()
                            .limit(1)
                            .noneMatch(m.getValue()::saysAs));
            if (isOther) {
                return state;
            }
        }
        throw new Refusal(Kind.OLDER, "the store has no older version that differs; sign and push your own version");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** Ends an unfinished roll, so that no more hosts take its version. */
    public void endRoll(String by) throws IOException, Refusal {
        var there = store.roll();
        var roll = there.flatMap(e -> RollState.parse(e.value()));
        if (roll.isEmpty() || roll.get().phase() == RollState.Phase.DONE) {
            return;
        }
        var ended = roll.get().halted("ended by " + by + " with portero fleet back", clock.instant());
        try {
            store.putRoll(
                    // done first, so that the operator of the roll stops at the next write
                    ended.bytes(), there.get().revision());
        } catch (OperatorStore.Conflict e) {
            throw new Refusal(Kind.OLDER, "the roll changed at the same time; run portero fleet back again");
        }
        for (var role : store.roles()) {
            store.delete(Slot.GATE, role);
            store.delete(Slot.NEXT, role);
        }
    }
}
