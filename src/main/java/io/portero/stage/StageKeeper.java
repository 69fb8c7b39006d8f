package io.portero.stage;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StageCompiler;
import io.portero.compile.StagedRules;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps the table of the staged policy up to date with both policies, and ends it in time.
 *
 * <p>Belongs to the thread that changes the firewall. A failure is reported, and nothing else depends on it.
 */
public final class StageKeeper {
    /** The timeout in the kernel is a little later than the end by the agent. */
    private static final Duration LATER = Duration.ofMinutes(1);

    private final StageTable table;
    private final PolicyReader reader;
    private final StageMemory memory;
    private final Clock clock;
    private final Consumer<StageNews> news;

    private boolean recalled;
    private Optional<Stage> stage = Optional.empty();
    private Optional<Compared> compared = Optional.empty();
    /** The rules that this process has loaded. */
    private Optional<StagedRules> held = Optional.empty();

    private Optional<String> problem = Optional.empty();
    private Instant countedSince = Instant.EPOCH;

    public StageKeeper(
            StageTable table, PolicyReader reader, StageMemory memory, Clock clock, Consumer<StageNews> news) {
        this.table = table;
        this.reader = reader;
        this.memory = memory;
        this.clock = clock;
        this.news = news;
    }

    /**
     * The input of the table.
     *
     * @param gaps the parts that are not compared
     */
    private record Compared(Policy inForce, Policy staged, AddressSet leftOut, StageGaps gaps) {
        static Compared of(Policy staged, Present present) {
            return new Compared(
                    present.inForce(),
                    staged,
                    present.leftOut().get(),
                    StageGaps.between(
                            present.inForce(),
                            staged,
                            present.outside().get().urls().keySet()));
        }
    }

    /**
     * The state besides the staged policy.
     *
     * @param outside the current addresses of names and lists
     * @param leftOut sources that are dropped or admitted whatever a policy says
     */
    public record Present(Policy inForce, Supplier<Outside> outside, Supplier<AddressSet> leftOut) {}

    /** Stages a policy, and replaces the current stage. */
    public StageResult begin(Stage next, Present present) {
        return switch (read(next, present)) {
            case Loaded.Refused refused -> new StageResult.Refused(refused.problems());
            case Loaded.Accepted accepted -> begin(next, accepted, present);
        };
    }

    private StageResult begin(Stage next, Loaded.Accepted accepted, Present present) {
        recalled = true;
        held = Optional.empty(); // counts for another policy say nothing about this one
        var failure = put(next, Compared.of(accepted.policy(), present));
        if (failure.isPresent()) {
            end("a new version could not be put into the kernel");
            return new StageResult.Failed(failure.get().sentence() + "; nothing is staged");
        }
        stage = Optional.of(next);
        problem = Optional.empty();
        var unkept = memory.keep(next);
        news.accept(new StageNews.Began(staged(next)));
        return new StageResult.Done(
                next.file() + " is tried on live traffic without being enforced, until " + next.until()
                        + unkept.map(why -> "; " + why + ", so it ends with the agent")
                                .orElse(""),
                accepted.problems(),
                gaps());
    }

    /** Ends it on request. */
    public StageResult end() {
        recall();
        if (stage.isEmpty()) {
            return new StageResult.Failed("no policy is staged");
        }
        var file = stage.get().file();
        return end("it was ended by a command")
                .<StageResult>map(failure -> new StageResult.Failed(failure.sentence()))
                .orElseGet(() -> new StageResult.Done(file + " is not staged any more", List.of(), StageGaps.NONE));
    }

    /** When it ends by itself. */
    public Optional<Instant> nextExpiry() {
        return stage.map(Stage::until);
    }

    public Optional<Staged> staged() {
        return stage.map(this::staged);
    }

    private Staged staged(Stage of) {
        var counters = held.map(StagedRules::counters).orElse(Collections.emptySortedSet());
        return new Staged(of.file(), countedSince, of.until(), problem, counters, gaps());
    }

    private StageGaps gaps() {
        return compared.map(Compared::gaps).orElse(StageGaps.NONE);
    }

    /**
     * Renews it after a pass.
     *
     * @param changed whether a policy or the addresses that it refers to may have changed
     * @param look whether to check that the table still exists in the kernel
     */
    public void follow(Present present, boolean changed, boolean look) {
        recall();
        if (stage.isEmpty()) {
            return;
        }
        if (stage.get().isOver(clock.instant())) {
            end("its time is over");
            return;
        }
        boolean lost = look && held.isPresent() && isGone();
        if (lost) {
            held = Optional.empty();
        }
        if (lost || changed || held.isEmpty() || hasOtherPolicy(present) || hasOthersLeftOut(present)) {
            renew(stage.get(), present);
        }
    }

    private boolean isGone() {
        return table.isThere() instanceof Reading.Of<Boolean>(Boolean there) && !there;
    }

    private boolean hasOtherPolicy(Present present) {
        return compared.filter(c -> c.inForce().equals(present.inForce())).isEmpty();
    }

    private boolean hasOthersLeftOut(Present present) {
        return compared.filter(c -> c.leftOut().equals(present.leftOut().get())).isEmpty();
    }

    private void renew(Stage current, Present present) {
        switch (read(current, present)) {
            case Loaded.Refused refused ->
                end("it would be refused now: " + refused.problems().getFirst());
            case Loaded.Accepted accepted -> {
                var next = Compared.of(accepted.policy(), present);
                if (held.isEmpty() || !compared.equals(Optional.of(next))) {
                    var before = staged(current);
                    told(current, before, put(current, next));
                }
            }
        }
    }

    private void told(Stage current, Staged last, Optional<Failure> failure) {
        var before = problem;
        problem = failure.map(Failure::sentence);
        if (problem.isPresent() && !problem.equals(before)) {
            news.accept(new StageNews.Failing(staged(current)));
        } else if (problem.isEmpty() && before.isPresent()) {
            news.accept(new StageNews.Recovered(staged(current)));
        } else if (!staged(current).counters().equals(last.counters()) || !gaps().equals(last.gaps())) {
            news.accept(new StageNews.Renewed(staged(current)));
        }
    }

    private Loaded read(Stage of, Present present) {
        return reader.parse(of.file(), of.text(), of.knowing(present.outside().get()));
    }

    /** If the table has changed, all of it is created again. */
    private Optional<Failure> put(Stage of, Compared next) {
        var time = Duration.between(clock.instant(), of.until()).plus(LATER);
        var rules = StageCompiler.compile(next.inForce(), next.staged(), next.leftOut(), time);
        var failure = held.map(before -> table.load(rules.scriptAfter(before)))
                .filter(Optional::isEmpty)
                .orElseGet(() -> anew(rules));
        held = failure.isEmpty() ? Optional.of(rules) : Optional.empty();
        compared = Optional.of(next);
        return failure;
    }

    private Optional<Failure> anew(StagedRules rules) {
        countedSince = clock.instant();
        return table.load(rules.script());
    }

    /** The table of the previous agent is still there; the first renewal replaces it. */
    private void recall() {
        if (!recalled) {
            recalled = true;
            stage = memory.recall();
        }
    }

    private Optional<Failure> end(String why) {
        var failure = table.clear();
        dropped(why
                + failure.map(f -> "; its table stays for a while, without any effect: " + f.sentence())
                        .orElse(""));
        return failure;
    }

    private void dropped(String why) {
        memory.forget();
        held = Optional.empty();
        compared = Optional.empty();
        var before = stage;
        stage = Optional.empty();
        before.ifPresent(s -> news.accept(new StageNews.Ended(staged(s), why)));
        problem = Optional.empty();
    }
}
