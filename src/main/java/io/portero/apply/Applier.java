package io.portero.apply;

import io.portero.plan.Plan;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Carries out plans, one transaction after the other, and stops at the first failure.
 *
 * <p>No rule refers to what an unfinished plan leaves behind, so either the old policy or the new one is completely in
 * force; the next plan removes the rest.
 */
public final class Applier {
    private final Firewall firewall;

    public Applier(Firewall firewall) {
        this.firewall = firewall;
    }

    /**
     * The result of a plan.
     *
     * @param left the additional changes that failed although the plan succeeded: to be retried separately
     */
    public record Result(Outcome outcome, List<TimedChange> left) {
        public Result {
            left = List.copyOf(left);
        }
    }

    public Outcome apply(Plan plan) {
        return apply(plan, List.of(), List.of()).outcome();
    }

    /**
     * @param early changes that should be in force before the plan switches over
     * @param also changes that should take effect together with the plan; they never make the plan fail, and are never
     * part of the transaction that creates the table
     */
    public Result apply(Plan plan, List<TimedChange> early, List<TimedChange> also) {
        return switch (plan) {
            case Plan.Keep keep -> new Result(new Outcome.Unchanged(), joined(early, also));
            case Plan.Update update -> update(update, early, also);
            case Plan.Remove remove -> new Result(remove(), List.of());
        };
    }

    private Result update(Plan.Update update, List<TimedChange> early, List<TimedChange> also) {
        long start = System.nanoTime();
        var failure = commit(update.fill());
        if (failure.isPresent()) {
            return failed(failure.get(), false);
        }
        boolean beside = !update.switchOver().contains(new Step.CreateTable());
        boolean before = beside && commit(early).isEmpty();
        boolean together = !also.isEmpty()
                && !update.switchOver().isEmpty()
                && beside
                && commit(Stream.concat(update.switchOver().stream(), also.stream())
                                .toList())
                        .isEmpty();
        if (!together) {
            failure = commit(update.switchOver());
            if (failure.isPresent()) {
                return failed(failure.get(), false);
            }
        }
        failure = commit(update.clear()).or(() -> commit(update.settle()));
        if (failure.isPresent()) {
            return failed(failure.get(), !update.switchOver().isEmpty());
        }
        return new Result(
                applied(update.transactions().size(), start),
                joined(before ? List.of() : early, together ? List.of() : also));
    }

    private static List<TimedChange> joined(List<TimedChange> some, List<TimedChange> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private Optional<Failure> commit(List<? extends Statement> transaction) {
        return transaction.isEmpty() ? Optional.empty() : firewall.commit(transaction);
    }

    private static Result failed(Failure failure, boolean switched) {
        return new Result(new Outcome.Failed(failure, switched), List.of());
    }

    private Outcome remove() {
        long start = System.nanoTime();
        Optional<Failure> failure = firewall.remove();
        return failure.isPresent() ? new Outcome.Failed(failure.get(), false) : applied(1, start);
    }

    private static Outcome applied(int transactions, long start) {
        return new Outcome.Applied(transactions, Duration.ofNanos(System.nanoTime() - start));
    }
}
