package io.portero.fleet;

import io.portero.fleet.RingJudge.Verdict;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Rolls a version out: canaries first, then ring by ring, and halts by itself when a host is not well.
 *
 * <p>The store has everything that another operator needs to continue. Every change is a compare-and-set, so that the
 * second of two operators gets an error. After a halt, hosts that have not taken the version cannot take it any more.
 */
public final class Roller {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration FIRST_REPORT = Duration.ofSeconds(75);
    private static final Duration BEAT = Duration.ofSeconds(5);
    /** Reports come every minute. */
    private static final Duration AWAKE = Duration.ofMinutes(3);

    private final OperatorStore store;
    private final RollRecord record;
    private final Pushing pushing;
    private final FleetDirectory fleet;
    private final RingJudge judge;
    private final Progress progress;
    private final Clock clock;
    private final Map<String, Heard> reports = new ConcurrentHashMap<>();

    /** A report, and its arrival time by the local clock: the clocks of hosts may be wrong. */
    private record Heard(Report report, Instant at) {}

    /** Listens to the progress of a roll. */
    public interface Progress {
        void ring(RollState state, int hosts, int asleep);

        void waiting(RollState state, int well, int all, String what);
    }

    /** How long the hosts of a ring must be well, and how long they may take to become well. */
    public record Timing(Duration soak, Duration patience) {}

    public Roller(
            OperatorStore store,
            Pushing pushing,
            FleetDirectory fleet,
            long version,
            Timing timing,
            Progress progress,
            Clock clock) {
        this.store = store;
        this.record = new RollRecord(store, clock);
        this.pushing = pushing;
        this.fleet = fleet;
        this.judge = new RingJudge(version, timing.soak(), timing.patience());
        this.progress = progress;
        this.clock = clock;
    }

    /** Starts a roll, or continues an abandoned one, and runs it to its end. */
    public RollState roll(Pushing.Load load, RollState wanted) throws IOException, Refusal, InterruptedException {
        pushing.requireNewest(load);
        var state = record.claim(wanted);
        try (var _ = store.follow(r -> reports.put(r.host(), new Heard(r, clock.instant())))) {
            for (var entry : load.bundles().entrySet()) {
                record.retried(() -> gate(entry.getKey(), state));
                record.retried(() -> pushing.put(Slot.NEXT, entry.getKey(), entry.getValue(), load.version()));
            }
            return onward(load, state);
        } catch (IOException | Refusal | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the store cannot be watched: " + e.getMessage(), e);
        }
    }

    private RollState onward(Pushing.Load load, RollState from) throws IOException, Refusal, InterruptedException {
        var state = from;
        var covered = new TreeSet<String>();
        while (state.phase() == RollState.Phase.RUNNING) {
            var admitted = admitted(load, state);
            if (state.step() == 0 || !covered.containsAll(admitted)) {
                var verdict = ring(load, state, admitted);
                if (verdict instanceof Verdict.Halt(String sentence)) {
                    return halt(load, state, sentence);
                }
            }
            covered.addAll(admitted);
            state = state.next(clock.instant());
            if (state.phase() == RollState.Phase.DONE) {
                for (var entry : load.bundles().entrySet()) {
                    record.retried(() -> pushing.put(Slot.BUNDLE, entry.getKey(), entry.getValue(), load.version()));
                    record.retried(() -> close(entry.getKey()));
                }
            }
            record.save(state);
        }
        return state;
    }

    private Set<String> admitted(Pushing.Load load, RollState state) {
        var gate = new Gate(judge.version(), state.percent(), fleet.canaries());
        return fleet.hosts().entrySet().stream()
                .filter(h -> load.bundles().containsKey(h.getValue().role()))
                .map(Map.Entry::getKey)
                .filter(gate::admits)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void gate(String role, RollState state) throws IOException, Refusal {
        var gate = new Gate(judge.version(), state.percent(), fleet.canaries());
        var there = store.get(Slot.GATE, role);
        try {
            store.put(
                    Slot.GATE,
                    role,
                    gate.bytes(),
                    there.map(OperatorStore.Entry::revision).orElse(0L));
        } catch (OperatorStore.Conflict e) {
            // Not by itself another operator: the read may have come from a node that is not up to date.
            record.requireOurs();
            throw RollRecord.notUpToDate();
        }
    }

    private Verdict ring(Pushing.Load load, RollState state, Set<String> admitted)
            throws IOException, Refusal, InterruptedException {
        for (var role : load.bundles().keySet()) {
            record.retried(() -> gate(role, state));
        }
        Thread.sleep(LOOK); // the existing reports come first
        if (state.step() == 0) {
            var missing = awaitCanaries(state, admitted);
            if (missing.isPresent()) {
                return new Verdict.Halt("the canary " + missing.get() + " does not report; start portero-fleet there");
            }
        }
        var began = clock.instant();
        var awake = awake(admitted, began);
        progress.ring(state, admitted.size(), admitted.size() - awake.size());
        Instant wellSince = Instant.MAX;
        var beat = began;
        while (true) {
            var now = clock.instant();
            var fresh = fresh(now);
            var verdict =
                    judge.judge(admitted, awake, fresh, began, wellSince.equals(Instant.MAX) ? now : wellSince, now);
            switch (verdict) {
                case Verdict.Halt halt -> {
                    return halt;
                }
                case Verdict.Pass pass -> {
                    return pass;
                }
                case Verdict.Wait(int well, int all, String what) -> {
                    wellSince = well < all ? Instant.MAX : wellSince.equals(Instant.MAX) ? now : wellSince;
                    progress.waiting(state, well, all, what);
                }
            }
            if (Duration.between(beat, now).compareTo(BEAT) > 0) {
                record.save(state.beat(now));
                beat = now;
            }
            Thread.sleep(LOOK);
        }
    }

    /** A host of a store that is new, or was away, reports within about a minute. Returns a canary that does not. */
    private Optional<String> awaitCanaries(RollState state, Set<String> canaries)
            throws IOException, Refusal, InterruptedException {
        var began = clock.instant();
        var beat = began;
        while (true) {
            var now = clock.instant();
            var missing = new TreeSet<>(canaries);
            missing.removeAll(awake(canaries, now));
            if (missing.isEmpty()) {
                return Optional.empty();
            }
            var waited = Duration.between(began, now);
            if (waited.compareTo(FIRST_REPORT) > 0 || waited.compareTo(judge.patience()) > 0) {
                return Optional.of(missing.first());
            }
            progress.waiting(
                    state,
                    canaries.size() - missing.size(),
                    canaries.size(),
                    missing.first() + " has not reported yet");
            if (Duration.between(beat, now).compareTo(BEAT) > 0) {
                record.save(state.beat(now));
                beat = now;
            }
            Thread.sleep(LOOK);
        }
    }

    private Set<String> awake(Set<String> admitted, Instant now) {
        var awake = new TreeSet<>(fresh(now).keySet());
        awake.retainAll(admitted);
        return awake;
    }

    private Map<String, Report> fresh(Instant now) {
        return reports.entrySet().stream()
                .filter(e -> e.getValue().at().plus(AWAKE).isAfter(now))
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().report()));
    }

    private RollState halt(Pushing.Load load, RollState state, String sentence) throws IOException, Refusal {
        for (var role : load.bundles().keySet()) {
            record.retried(() -> close(role));
        }
        var halted = state.halted(sentence, clock.instant());
        record.save(halted);
        return halted;
    }

    private void close(String role) throws IOException {
        store.delete(Slot.GATE, role);
        store.delete(Slot.NEXT, role);
    }
}
