package io.portero.enforce;

import io.portero.apply.Applier;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.Outcome;
import io.portero.bans.TimedSets;
import io.portero.compile.Ruleset;
import io.portero.plan.Expected;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.state.RuleMemory;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The firewall, with a memory of its content.
 *
 * <p>After its own apply it knows what the kernel holds, and plans the next change without a look. So a change of
 * members costs one nft process if the kernel changes sets in place. If the kernel refuses such a plan, it looks and
 * tries once more.
 */
public final class Kernel {
    private final Firewall firewall;
    private final TimedSets timed;
    private final Consumer<Set<String>> emptied;
    /** Sets with timeouts that were created again and not reported yet. */
    private final Set<String> empty = new TreeSet<>();

    private final Applier applier;
    private Optional<Ruleset> held = Optional.empty();
    private final RuleMemory memory;
    private KnownRules known;
    private boolean unlearnt = true;

    /** @param emptied called with the sets with timeouts that were created again, after the host is closed */
    public Kernel(Firewall firewall, RuleMemory memory, TimedSets timed, Consumer<Set<String>> emptied) {
        this.firewall = firewall;
        this.timed = timed;
        this.emptied = emptied;
        this.applier = new Applier(firewall);
        this.memory = memory;
        this.known = memory.recall();
    }

    /** The result of reading the kernel. */
    public sealed interface Look {
        record InSync(Snapshot found) implements Look {}

        record Drifted(Snapshot found, Plan.Update repair) implements Look {}

        record Failed(Failure failure) implements Look {}
    }

    /** Forgets the known content, so that the next plan needs a look at the kernel. */
    public void doubt() {
        held = Optional.empty();
    }

    /** Changes the kernel until it has the ruleset. */
    public Outcome bring(Ruleset ruleset) {
        return bring(ruleset, List.of(), List.of());
    }

    /**
     * @param early changes that should be in force before the ruleset
     * @param also changes that should take effect together with the ruleset; a failure of either does not affect the
     * ruleset
     */
    public Outcome bring(Ruleset ruleset, List<TimedChange> early, List<TimedChange> also) {
        if (held.isPresent()) {
            var outcome = apply(planned(ruleset, Expected.of(held.get()), KnownRules.NONE), early, also);
            if (!(outcome instanceof Outcome.Failed)) {
                return remembered(ruleset, outcome);
            }
        }
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> forgotten(new Outcome.Failed(failure, false));
            case Reading.Of<Snapshot>(Snapshot snapshot) ->
                remembered(ruleset, apply(plan(ruleset, snapshot), early, also));
        };
    }

    /**
     * Checks whether the kernel holds the ruleset.
     *
     * @param touched chains whose rules somebody else changed since the last look
     */
    public Look look(Ruleset ruleset, Collection<String> touched) {
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> {
                held = Optional.empty();
                yield new Look.Failed(failure);
            }
            case Reading.Of<Snapshot>(Snapshot snapshot) ->
                switch (planned(ruleset, snapshot, knowing(snapshot, touched))) {
                    case Plan.Keep keep -> {
                        held = Optional.of(ruleset);
                        learn(snapshot);
                        yield new Look.InSync(snapshot);
                    }
                    case Plan.Update update when !snapshot.present() -> lost(ruleset);
                    case Plan.Update update -> new Look.Drifted(snapshot, update);
                    case Plan.Remove remove -> throw new IllegalStateException("a ruleset is never planned away");
                };
        };
    }

    /** Until its own rules were listed once, it cannot detect changes of them. */
    private KnownRules knowing(Snapshot snapshot, Collection<String> touched) {
        return unlearnt && !touched.isEmpty() ? KnownRules.distrusting(snapshot, touched) : known;
    }

    /** Must be called when the table is known to be deleted, so that the kernel need not be read. */
    public Look.Drifted lost(Ruleset ruleset) {
        return new Look.Drifted(Snapshot.ABSENT, Planner.rebuild(ruleset));
    }

    public Outcome repair(Ruleset ruleset, Plan.Update repair) {
        return remembered(ruleset, apply(repair, List.of(), List.of()));
    }

    /** A host without the table is open, so this comes first. */
    private Plan plan(Ruleset ruleset, Snapshot snapshot) {
        return snapshot.present() ? planned(ruleset, snapshot, known) : Planner.rebuild(ruleset);
    }

    private Plan planned(Ruleset ruleset, Snapshot snapshot, KnownRules rules) {
        return Planner.plan(ruleset, snapshot, rules, firewall.intervalSets());
    }

    /** Whether rules are in force that were not listed yet. */
    public boolean isUnverified() {
        return unlearnt;
    }

    private Outcome apply(Plan plan, List<TimedChange> early, List<TimedChange> also) {
        if (plan instanceof Plan.Update update) {
            unlearnt |= update.changesRules();
            empty.addAll(update.timedSetsMade());
        }
        var result = applier.apply(plan, early, also);
        if (!(result.outcome() instanceof Outcome.Failed failed) || failed.switched()) {
            if (!empty.isEmpty()) {
                var sets = Set.copyOf(empty);
                empty.clear();
                emptied.accept(sets);
            }
            timed.change(result.left());
        }
        return result.outcome();
    }

    /** Whether our table exists with its base chain and final drop, from any source. */
    public boolean isGuarded(Ruleset like) {
        return firewall.read() instanceof Reading.Of<Snapshot>(Snapshot snapshot)
                && !snapshot.dormant()
                && Optional.ofNullable(snapshot.chains().get(like.base().name()))
                        .filter(base -> base.hook().equals(like.base().hook()))
                        .filter(base -> !base.rules().isEmpty())
                        .filter(base -> base.rules()
                                .getLast()
                                .comment()
                                .equals(like.base().rules().getLast().comment()))
                        .isPresent();
    }

    private Outcome remembered(Ruleset ruleset, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> forgotten(failed);
            case Outcome.Applied applied -> {
                held = Optional.of(ruleset);
                yield applied;
            }
            case Outcome.Unchanged unchanged -> {
                held = Optional.of(ruleset);
                yield unchanged;
            }
        };
    }

    private Outcome forgotten(Outcome.Failed failed) {
        held = Optional.empty();
        return failed;
    }

    /** Rules that we have just loaded are listed correctly; later listings are compared with that. */
    private void learn(Snapshot snapshot) {
        if (unlearnt) {
            known = KnownRules.of(snapshot);
            unlearnt = false;
            memory.keep(known);
        }
    }
}
