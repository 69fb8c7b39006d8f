package io.portero.reconcile;

import io.portero.apply.Outcome;
import io.portero.enforce.Kernel;
import io.portero.enforce.Learning;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.policy.Policy;
import io.portero.revocation.Revoker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Puts policies in force in the kernel, revokes flows accordingly, and knows which policy is in force. */
final class Enforcement {
    private final Kernel kernel;
    private final Learning learning;
    private final Revoker revoker;
    private final UplinkWatch uplinks;
    private final ConfirmedPolicy confirmed;
    private final EventPublisher events;
    private Optional<Compiled> inForce = Optional.empty();

    Enforcement(
            Kernel kernel,
            Learning learning,
            Revoker revoker,
            UplinkWatch uplinks,
            ConfirmedPolicy confirmed,
            EventPublisher events) {
        this.kernel = kernel;
        this.learning = learning;
        this.revoker = revoker;
        this.uplinks = uplinks;
        this.confirmed = confirmed;
        this.events = events;
    }

    /**
     * The result.
     *
     * @param inForce whether the policy is in force; leftovers of the old one may still exist
     */
    record Enforced(boolean inForce, PassResult result) {}

    /** The policy that the kernel holds or should hold; nothing before the first one was put in force. */
    Optional<Compiled> inForce() {
        return inForce;
    }

    Optional<Policy> policy() {
        return inForce.map(Compiled::policy);
    }

    Enforced enforce(Trigger trigger, Compiled target) {
        long start = System.nanoTime();
        var before = inForce.map(Compiled::digest).orElse("");
        var after = target.policy();
        learning.before(after);
        // At a start the existing flows belong to the last confirmed policy: the file may have changed in between.
        var consequence = policy().or(confirmed::policy)
                .filter(policy -> !policy.equals(after))
                .map(policy -> revoker.of(policy, after));
        var outcome = kernel.bring(
                target.ruleset(),
                consequence.map(Revoker.Consequence::early).orElse(List.of()),
                consequence.map(Revoker.Consequence::steps).orElse(List.of()));
        boolean holds = !(outcome instanceof Outcome.Failed failed) || failed.switched();
        if (holds) {
            aimAt(target);
            consequence.ifPresent(c -> revoker.done(c, after));
        }
        var took = Duration.ofNanos(System.nanoTime() - start);
        events.tell(new Event.ApplyEnded(trigger, target.origin(), outcome, before, target.digest(), took));
        uplinks.look(after).ifPresent(events::tell);
        return new Enforced(holds, result(outcome));
    }

    /** Whether a table in the kernel already closes the host as this policy would. */
    boolean isGuarded(Compiled like) {
        return kernel.isGuarded(like.ruleset());
    }

    /** Every later pass tries to enforce this policy. */
    void aimAt(Compiled target) {
        inForce = Optional.of(target);
        events.inForce(new Status.InForce(
                target.policy(),
                target.origin(),
                target.digest(),
                target.loaded().text()));
    }

    private PassResult result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> PassResult.FAILED;
            case Outcome.Applied applied -> kernel.isUnverified() ? PassResult.UNVERIFIED : PassResult.DONE;
            case Outcome.Unchanged unchanged -> PassResult.DONE;
        };
    }
}
