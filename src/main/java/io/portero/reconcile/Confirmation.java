package io.portero.reconcile;

import io.portero.config.Loaded;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.events.Origin;
import io.portero.events.Trigger;
import io.portero.policy.Policy;
import io.portero.reconcile.Enforcement.Enforced;
import io.portero.safety.Admission;
import io.portero.safety.Probation;
import io.portero.safety.Session;
import io.portero.state.Digest;
import io.portero.state.DiskWriter;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Confirms the policy in force, at once or after a probation, or rolls it back. */
final class Confirmation {
    private final Enforcement enforcement;
    private final Admission admission;
    private final Probation probation;
    private final ConfirmedPolicy confirmed;
    private final DiskWriter writer;
    private final EventPublisher events;

    Confirmation(
            Enforcement enforcement,
            Admission admission,
            Keeping keeping,
            ConfirmedPolicy confirmed,
            EventPublisher events) {
        this.enforcement = enforcement;
        this.admission = admission;
        this.probation = keeping.probation();
        this.confirmed = confirmed;
        this.writer = keeping.writer();
        this.events = events;
    }

    /** Whether a policy is on probation. */
    boolean isPending() {
        return probation.isPending();
    }

    /** Whether this very file was put in force before and was not confirmed. */
    boolean isRejected(Loaded.Accepted next) {
        return probation.isRejected(() -> Digest.of(next.content()));
    }

    /** Puts a policy of the file in force. This confirms it, unless it starts on probation. */
    PassResult enforce(Trigger trigger, Loaded.Accepted next, Admission.Decision.Admit admit) {
        boolean onProbation = admit.onProbation();
        var candidate = onProbation ? Digest.of(next.content()) : "";
        if (onProbation && !probation.isPending(candidate)) {
            probation.announce(candidate).ifPresent(this::notKept);
        }
        var target = Compiled.of(next, Origin.FILE);
        var enforced = enforcement.enforce(trigger, target);
        if (!enforced.inForce()) {
            probation.withdraw();
        } else if (!onProbation) {
            confirm(target);
        } else if (!probation.isPending(candidate)) {
            begin(candidate, next.policy(), admit.tunnels());
        }
        return enforced.result();
    }

    /** A policy must not stay in force without its probation, whatever goes wrong. */
    private void begin(String candidate, Policy policy, SortedSet<String> tunnels) {
        var safety = policy.safety();
        try {
            var sessions = admission.sessionsNow(policy, confirmed.policy());
            probation.begin(candidate, safety.confirmWithin(), tunnels, sessions, admission.logins(sessions));
        } catch (RuntimeException e) {
            rollBack();
            throw e;
        }
        events.tell(new Event.ProbationBegan(safety.confirmWithin(), safety.confirm(), tunnels));
    }

    /**
     * Puts this policy in force with the current addresses of its names and lists; during a probation the result is not
     * stored.
     */
    Enforced renew(Trigger trigger, Compiled renewed) {
        var enforced = enforcement.enforce(trigger, renewed);
        if (enforced.inForce() && !probation.isPending()) {
            kept(confirmed.keep(renewed));
        }
        return enforced;
    }

    private void confirm(Compiled target) {
        kept(confirmed.becomes(target));
        probation.confirmed();
        if (events.status().probationUntil().isPresent()) {
            events.tell(new Event.ProbationEnded(Probation.End.SUPERSEDED));
        }
    }

    private void kept(Optional<String> failure) {
        failure.ifPresent(why -> notKept("the last good policy could not be saved: " + why));
        tellFailures();
    }

    private void notKept(String why) {
        events.tell(new Event.NotKept(why));
    }

    /** Reports failed writes, which are known some time after the pass that caused them. */
    void tellFailures() {
        writer.takeFailures().forEach(this::notKept);
    }

    /** Ends a probation when it is over. */
    PassResult check() {
        var target = enforcement.inForce();
        if (target.isEmpty()) {
            return PassResult.DONE;
        }
        var policy = target.get().policy();
        var end = probation.check(() -> managementSessions(policy), policy);
        if (end.isEmpty()) {
            return PassResult.DONE;
        }
        events.tell(new Event.ProbationEnded(end.get()));
        if (end.get().isConfirmed()) {
            confirm(target.get());
            return PassResult.DONE;
        }
        return rollBack();
    }

    private PassResult rollBack() {
        probation.rejected();
        var target = confirmed
                .loaded()
                .map(c -> Compiled.of(c, Origin.LAST_GOOD))
                .orElseThrow(() -> new IllegalStateException("a probation without a policy to go back to"));
        var enforced = enforcement.enforce(Trigger.ROLLBACK, target);
        enforcement.aimAt(target); // also after a failure: every later pass tries to enforce it
        return enforced.result();
    }

    private List<Session> managementSessions(Policy policy) {
        return admission.sessions(policy, confirmed.policy());
    }
}
