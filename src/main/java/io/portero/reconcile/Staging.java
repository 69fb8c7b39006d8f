package io.portero.reconcile;

import io.portero.bans.Ban;
import io.portero.config.Outside;
import io.portero.events.EventPublisher;
import io.portero.events.Trigger;
import io.portero.guests.Guest;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.stage.Stage;
import io.portero.stage.StageKeeper;
import io.portero.stage.StageResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps the staged policy up to date with the policy in force; a failure here never affects a pass. */
final class Staging {
    private static final System.Logger LOG = System.getLogger(Staging.class.getName());

    private final StageKeeper keeper;
    private final Enforcement enforcement;
    private final Answers answers;
    private final EventPublisher events;

    Staging(StageKeeper keeper, Enforcement enforcement, Answers answers, EventPublisher events) {
        this.keeper = keeper;
        this.enforcement = enforcement;
        this.answers = answers;
        this.events = events;
    }

    StageResult begin(Stage stage) {
        return enforcement
                .policy()
                .map(policy -> keeper.begin(stage, present(policy)))
                .orElseGet(() -> new StageResult.Failed("the agent enforces no policy yet; see its log"));
    }

    StageResult end() {
        return keeper.end();
    }

    Optional<Instant> nextExpiry() {
        return keeper.nextExpiry();
    }

    /** To be called after each pass. */
    void follow(Trigger trigger) {
        try {
            enforcement
                    .policy()
                    .ifPresent(
                            policy -> keeper.follow(present(policy), mayRename(trigger), trigger == Trigger.PERIODIC));
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the staged policy could not be updated because of a bug; everything else goes on",
                    e);
        }
    }

    /** Whether addresses of names, lists or members may have changed after this trigger. */
    private static boolean mayRename(Trigger trigger) {
        return switch (trigger) {
            case STARTUP, FILE, SIGNAL, DNS, LIST, EXPIRY -> true;
            case PROBATION, ROLLBACK, DRIFT, NETWORK, PERIODIC -> false;
        };
    }

    private StageKeeper.Present present(Policy inForce) {
        return new StageKeeper.Present(inForce, () -> outside(inForce), this::leftOut);
    }

    private Outside outside(Policy inForce) {
        return answers.outside(inForce.lists());
    }

    private AddressSet leftOut() {
        var status = events.status();
        return AddressSet.of(Stream.of(
                        status.bans().stream().map(Ban::what).toList(),
                        status.guests().stream().map(Guest::what).toList())
                .flatMap(List::stream)
                .toList());
    }
}
