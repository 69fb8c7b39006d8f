package io.portero.reconcile;

import io.portero.apply.Applier;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.Expected;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes one pass: reads the file or looks at the kernel, and puts right what is not.
 *
 * <p>Belongs to one thread. After an apply of its own it knows what the kernel holds and plans the next one without
 * looking, so that a change of members costs one nft process; when the kernel then refuses, it looks and tries once more.
 */
public final class Reconciler {
    private final Path file;
    private final PolicyReader reader;
    private final Firewall firewall;
    private final Applier applier;
    private final Clock clock;
    private final List<ReconcileListener> listeners;

    private Optional<InForce> inForce = Optional.empty();
    /** Whether nothing is known to have changed in the kernel since we last looked or applied. */
    private boolean kernelKnown;

    private KnownRules known = KnownRules.NONE;
    private boolean unlearnt = true;
    private volatile Status status;

    public Reconciler(
            Path file, PolicyReader reader, Firewall firewall, Clock clock, List<ReconcileListener> listeners) {
        this.file = file;
        this.reader = reader;
        this.firewall = firewall;
        this.applier = new Applier(firewall);
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        this.status = StatusBuilder.initial(file.toString(), clock.instant());
    }

    private record InForce(Loaded.Accepted loaded, Ruleset ruleset, String digest) {}

    /** How a pass ended, for whoever decides when the next one is due. */
    public enum Result {
        DONE,
        /** Rules are in force that have not been seen in a listing yet. */
        UNVERIFIED,
        FAILED
    }

    public Status status() {
        return status;
    }

    public Result pass(Trigger trigger) {
        return switch (trigger) {
            case STARTUP, FILE, SIGNAL -> reload(trigger);
            case PERIODIC -> inForce.isPresent() ? reconcile(inForce.get()) : reload(Trigger.STARTUP);
        };
    }

    private Result reload(Trigger trigger) {
        return switch (reader.read(file)) {
            case Loaded.Refused refused -> {
                tell(new Event.PolicyRefused(trigger, refused.problems()));
                yield Result.DONE;
            }
            case Loaded.Accepted accepted -> {
                tell(new Event.PolicyAccepted(trigger, accepted.settings(), accepted.problems()));
                yield apply(trigger, accepted);
            }
        };
    }

    private Result apply(Trigger trigger, Loaded.Accepted loaded) {
        long start = System.nanoTime();
        var before = inForce.map(InForce::digest).orElse("");
        var ruleset = PolicyCompiler.compile(loaded.policy());
        var target = new InForce(loaded, ruleset, Digest.of(RulesetPrinter.print(ruleset)));
        var outcome = bring(ruleset);
        if (!(outcome instanceof Outcome.Failed failed) || failed.switched()) {
            unlearnt |= outcome instanceof Outcome.Applied;
            inForce = Optional.of(target);
        }
        kernelKnown = !(outcome instanceof Outcome.Failed);
        status = StatusBuilder.applied(status, loaded, target.digest(), outcome, clock.instant());
        tell(new Event.ApplyEnded(trigger, outcome, before, target.digest(), since(start)));
        return switch (outcome) {
            case Outcome.Failed failed -> Result.FAILED;
            case Outcome.Applied applied -> applied.transactions() > 1 ? Result.UNVERIFIED : Result.DONE;
            case Outcome.Unchanged unchanged -> Result.DONE;
        };
    }

    /** Makes the kernel hold the ruleset, trusting memory for what it holds now as long as that works. */
    private Outcome bring(Ruleset ruleset) {
        if (kernelKnown && inForce.isPresent()) {
            var outcome = applier.apply(
                    Planner.plan(ruleset, Expected.of(inForce.get().ruleset()), KnownRules.NONE));
            if (!(outcome instanceof Outcome.Failed)) {
                return outcome;
            }
        }
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> new Outcome.Failed(failure, false);
            case Reading.Of<Snapshot>(Snapshot snapshot) -> applier.apply(Planner.plan(ruleset, snapshot, known));
        };
    }

    private Result reconcile(InForce target) {
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> {
                kernelKnown = false;
                status = StatusBuilder.failed(status, failure, clock.instant());
                tell(new Event.LookFailed(failure));
                yield Result.FAILED;
            }
            case Reading.Of<Snapshot>(Snapshot snapshot) -> reconcile(target, snapshot);
        };
    }

    private Result reconcile(InForce target, Snapshot snapshot) {
        return switch (Planner.plan(target.ruleset(), snapshot, known)) {
            case Plan.Keep keep -> {
                kernelKnown = true;
                learn(snapshot);
                status = StatusBuilder.inSync(status, clock.instant());
                tell(new Event.FoundInSync());
                yield Result.DONE;
            }
            case Plan.Update update -> repair(update);
            case Plan.Remove remove -> throw new IllegalStateException("a ruleset is never planned away");
        };
    }

    private Result repair(Plan.Update update) {
        long start = System.nanoTime();
        var drifts = DriftFinder.find(update);
        var outcome = applier.apply(update);
        kernelKnown = !(outcome instanceof Outcome.Failed);
        status = StatusBuilder.repaired(status, drifts, outcome, clock.instant());
        tell(new Event.DriftRepaired(drifts, outcome, since(start)));
        return kernelKnown ? Result.UNVERIFIED : Result.FAILED;
    }

    /** Rules that were just put there by us are listed as they should be; later listings are held against that. */
    private void learn(Snapshot snapshot) {
        if (unlearnt) {
            known = KnownRules.of(snapshot);
            unlearnt = false;
        }
    }

    private void tell(Event event) {
        status = StatusBuilder.after(status, event);
        listeners.forEach(l -> l.on(event, status));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
