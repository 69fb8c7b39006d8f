package io.portero.apply;

import io.portero.plan.Plan;
import io.portero.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Carries out plans, one transaction after the other, and stops at the first that fails.
 *
 * <p>What an unfinished plan leaves behind is either not referred to yet or not any more, so that the old policy or the
 * new one is in force, whole; the next plan clears it up.
 */
public final class Applier {
    private final Firewall firewall;

    public Applier(Firewall firewall) {
        this.firewall = firewall;
    }

    public Outcome apply(Plan plan) {
        return switch (plan) {
            case Plan.Keep keep -> new Outcome.Unchanged();
            case Plan.Update update -> update(update);
            case Plan.Remove remove -> remove();
        };
    }

    private Outcome update(Plan.Update update) {
        long start = System.nanoTime();
        boolean switched = false;
        for (List<Step> transaction : update.transactions()) {
            var failure = firewall.commit(transaction);
            if (failure.isPresent()) {
                return new Outcome.Failed(failure.get(), switched);
            }
            switched |= transaction.equals(update.switchOver());
        }
        return applied(update.transactions().size(), start);
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
