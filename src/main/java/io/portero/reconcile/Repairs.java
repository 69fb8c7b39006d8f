package io.portero.reconcile;

import io.portero.apply.Failure.Kind;
import io.portero.apply.Outcome;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.drift.Attribution;
import io.portero.drift.Contention;
import io.portero.drift.DriftFinder;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.drift.TableWatch;
import io.portero.enforce.Kernel;
import io.portero.events.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Compares the kernel with what it should hold, repairs changes by others, and reports who made them. */
final class Repairs {
    private static final int MOST_UNRESOLVED = 200;

    private final Kernel kernel;
    private final TimedMembers timed;
    private final TableWatch watch;
    private final Contention contention;
    private final LongSupplier nanoTime;
    private final Consumer<Event> tell;
    /** Changes by others that are not repaired yet. */
    private final List<ForeignChange> unresolved = new ArrayList<>();

    Repairs(Kernel kernel, DriftWatch driftWatch, TimedMembers timed, Consumer<Event> tell) {
        this.kernel = kernel;
        this.timed = timed;
        this.watch = driftWatch.watch();
        this.contention = driftWatch.contention();
        this.nanoTime = driftWatch.nanoTime();
        this.tell = tell;
    }

    /** How long the next repair after an event should wait. */
    Duration pause() {
        return contention.pause();
    }

    /** To be called when another program changed our table, or may have. */
    PassResult heard(Compiled target) {
        var changes = watch.take();
        if (!changes.isEmpty() && changes.stream().allMatch(c -> c.isOnlyMembersOf(timedSets(target.ruleset())))) {
            timed.changed(
                    changes.stream()
                            .flatMap(c -> c.touched().stream())
                            .map(ForeignChange.Touched::name)
                            .collect(Collectors.toSet()),
                    target.policy());
            return PassResult.DONE;
        }
        note(changes);
        kernel.doubt();
        if (!changes.isEmpty() && changes.getLast().tableGone()) {
            tell.accept(new Event.DriftFound());
            var result = rebuild(target.ruleset());
            if (result.isPresent()) {
                return result.get();
            }
        }
        return lookAndRepair(target);
    }

    private void note(List<ForeignChange> changes) {
        changes.stream().limit(MOST_UNRESOLVED - unresolved.size()).forEach(unresolved::add);
    }

    /** Other programs may add and remove members of these sets. */
    private static List<String> timedSets(Ruleset ruleset) {
        return ruleset.sets().stream()
                .filter(NamedSet.Timed.class::isInstance)
                .map(NamedSet::name)
                .toList();
    }

    /** To be called regularly, to find changes without an event. */
    PassResult look(Compiled target) {
        note(watch.take());
        boolean told = !unresolved.isEmpty();
        var result = lookAndRepair(target);
        if (result == PassResult.UNVERIFIED && !told) {
            watch.missed();
        }
        if (contention.contender().isPresent()) {
            endContention();
        }
        return result;
    }

    private void endContention() {
        var program = contention.contender().orElseThrow();
        int repairs = contention.repairs();
        if (contention.isOver()) {
            tell.accept(new Event.ContentionEnded(program, repairs));
        }
    }

    private PassResult lookAndRepair(Compiled target) {
        return switch (kernel.look(target.ruleset(), touchedChains())) {
            case Kernel.Look.InSync inSync -> {
                unresolved.clear();
                tell.accept(new Event.FoundInSync());
                timed.seen(inSync.found(), target.policy());
                yield PassResult.DONE;
            }
            case Kernel.Look.Failed failed -> {
                tell.accept(new Event.LookFailed(failed.failure()));
                yield PassResult.FAILED;
            }
            case Kernel.Look.Drifted drifted -> {
                tell.accept(new Event.DriftFound());
                yield repair(target.ruleset(), drifted);
            }
        };
    }

    private List<String> touchedChains() {
        return unresolved.stream()
                .flatMap(c -> c.touched().stream())
                .filter(t -> t.kind().equals("rule"))
                .map(ForeignChange.Touched::name)
                .toList();
    }

    /** Nothing if the table exists after all, so that a look is needed. */
    private Optional<PassResult> rebuild(Ruleset ruleset) {
        long start = nanoTime.getAsLong();
        var lost = kernel.lost(ruleset);
        var outcome = kernel.repair(ruleset, lost.repair());
        return outcome instanceof Outcome.Failed failed && failed.failure().kind() == Kind.REJECTED
                ? Optional.empty()
                : Optional.of(ended(ruleset, lost, outcome, start));
    }

    private PassResult repair(Ruleset ruleset, Kernel.Look.Drifted drifted) {
        long start = nanoTime.getAsLong();
        return ended(ruleset, drifted, kernel.repair(ruleset, drifted.repair()), start);
    }

    private PassResult ended(Ruleset ruleset, Kernel.Look.Drifted drifted, Outcome outcome, long start) {
        long now = nanoTime.getAsLong();
        var took = Duration.ofNanos(now - start);
        var attribution = new Attribution(unresolved);
        var drifts = attribution.of(DriftFinder.find(ruleset, drifted.found(), drifted.repair()));
        boolean inContention = contention.contender().isPresent();
        tell.accept(new Event.DriftRepaired(
                drifts,
                unresolved.stream().flatMap(c -> c.changes().stream()).limit(20).toList(),
                outcome,
                attribution.stood(now),
                took,
                inContention));
        if (outcome instanceof Outcome.Failed) {
            return PassResult.FAILED;
        }
        if (contention.repaired(
                drifts.stream().map(Attribution.Attributed::program).toList(), took)) {
            tell.accept(new Event.ContentionBegan(contention.contender().orElseThrow(), contention.repairs()));
        }
        unresolved.clear();
        return PassResult.UNVERIFIED;
    }
}
