package io.portero.reconcile;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Reference.ListFile;
import io.portero.safety.Admission;
import io.portero.safety.HostView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Takes the policy file into force: reads it, has it judged, and enforces it or something instead of it.
 *
 * <p>A refused file changes nothing. Where nothing is in force yet, the last policy that was confirmed is enforced instead, and
 * without one a host that is closed but for ssh: the host is never left open for want of a policy.
 */
final class PolicyIntake {
    private final Path file;
    private final PolicyReader reader;
    private final HostView host;
    private final Admission admission;
    private final Enforcement enforcement;
    private final Confirmation confirmation;
    private final ConfirmedPolicy confirmed;
    private final NameRenewal names;
    private final EventPublisher events;

    /** What made the file be read, when it is to be read again once there are answers for its names. */
    private Optional<Trigger> postponed = Optional.empty();

    PolicyIntake(
            Path file,
            PolicyReader reader,
            HostView host,
            Admission admission,
            Enforcement enforcement,
            Confirmation confirmation,
            ConfirmedPolicy confirmed,
            NameRenewal names,
            EventPublisher events) {
        this.file = file;
        this.reader = reader;
        this.host = host;
        this.admission = admission;
        this.enforcement = enforcement;
        this.confirmation = confirmation;
        this.confirmed = confirmed;
        this.names = names;
        this.events = events;
    }

    /** Reads the file; where names stand in it that nobody has asked for yet, an edit waits for the first answers. */
    PassResult reload(Trigger trigger) {
        return reload(trigger, trigger == Trigger.FILE || trigger == Trigger.SIGNAL);
    }

    private PassResult reload(Trigger trigger, boolean patient) {
        postponed = Optional.empty();
        return switch (read()) {
            case Loaded.Refused refused -> {
                names.follow(Optional.empty());
                yield refuse(trigger, refused.problems());
            }
            case Loaded.Accepted accepted -> {
                names.follow(Optional.of(accepted));
                yield patient && mustWaitForNames(trigger, accepted)
                        ? PassResult.POSTPONED
                        : consider(trigger, accepted);
            }
        };
    }

    private Loaded read() {
        return reader.read(file, outside());
    }

    /** What lists held when they were last put in force, and what names stand for now. */
    private Outside outside() {
        var lists = new HashMap<ListFile, AddressSet>(confirmed.lists());
        enforcement.policy().ifPresent(policy -> lists.putAll(policy.lists()));
        return Outside.keeping(lists, n -> names.addresses()).at(host.surroundings());
    }

    /** An edit may put a name where addresses stood: nobody is to be shut out until it is answered for. */
    private boolean mustWaitForNames(Trigger trigger, Loaded.Accepted next) {
        if (enforcement.inForce().isPresent() && names.awaitsFirstAnswers(next.policy())) {
            postponed = Optional.of(trigger);
        }
        return postponed.isPresent();
    }

    boolean isPostponed() {
        return postponed.isPresent();
    }

    /** Enforces now what waits for first answers of names, if anything does: it has waited long enough. */
    Optional<PassResult> stopWaitingForNames() {
        return postponed.map(trigger -> reload(trigger, false));
    }

    /** Names stand for something else, or there is something else to tell of them. */
    PassResult hearOfNames() {
        boolean changed = names.hear();
        var result = enforcement.inForce().map(this::renew).orElse(PassResult.DONE);
        if (postponed.isPresent()) {
            return reload(postponed.get());
        }
        // What was refused may have been so for what a name stood for.
        return changed && isRefused() && result != PassResult.FAILED ? reload(Trigger.FILE, false) : result;
    }

    private boolean isRefused() {
        return !events.status().file().lastReloadSuccessful();
    }

    /** Whatever names have come to stand for is put in force: no guard, since refusing would not bring the old back. */
    private PassResult renew(Compiled target) {
        var renewed = names.renewed(target);
        if (renewed.isEmpty()) {
            return PassResult.DONE;
        }
        var enforced = confirmation.renew(renewed.get());
        if (enforced.inForce()) {
            judgeAnew(renewed.get().loaded());
        }
        return enforced.result();
    }

    /** What was wrong with the file for want of an answer may be so no more. */
    private void judgeAnew(Loaded.Accepted current) {
        if (!events.status().file().problems().isEmpty()
                && !isRefused()
                && read() instanceof Loaded.Accepted read
                && read.content().equals(current.content())) {
            events.tell(new Event.PolicyAccepted(Trigger.DNS, read.settings(), read.problems()));
        }
    }

    private PassResult consider(Trigger trigger, Loaded.Accepted next) {
        if (confirmation.isRejected(next)) {
            var why = "it was put in force before and not confirmed; change it to have it tried again";
            return refuse(trigger, with(next.problems(), "safety.confirm", why));
        }
        return switch (admission.decide(next.policy(), confirmed.policy())) {
            case Admission.Decision.Refuse refuse ->
                refuse(trigger, with(next.problems(), "safety.lockout-guard", refuse.why()));
            case Admission.Decision.Admit admit -> {
                events.tell(new Event.PolicyAccepted(trigger, next.settings(), next.problems()));
                if (!admit.warnings().isEmpty()) {
                    events.tell(new Event.CostForeseen(admit.warnings()));
                }
                yield confirmation.enforce(trigger, next, admit.onProbation());
            }
        };
    }

    private List<Problem> with(List<Problem> problems, String key, String sentence) {
        var all = new ArrayList<>(problems);
        all.add(new Problem(Problem.Severity.ERROR, file.toString(), 0, key, sentence));
        return all;
    }

    private PassResult refuse(Trigger trigger, List<Problem> problems) {
        events.tell(new Event.PolicyRefused(trigger, problems));
        return enforcement.inForce().isPresent() ? PassResult.DONE : enforceSomething(trigger);
    }

    private PassResult enforceSomething(Trigger trigger) {
        if (confirmed.loaded().isPresent()) {
            var lastGood = Compiled.of(confirmed.loaded().get(), Origin.LAST_GOOD);
            return enforcement.enforce(trigger, lastGood).result();
        }
        var fallback = Compiled.of(Fallback.policy(host.sshPorts()), Origin.FALLBACK);
        if (enforcement.isGuarded(fallback)) {
            events.tell(new Event.TableKept());
            return PassResult.DONE;
        }
        return enforcement.enforce(trigger, fallback).result();
    }
}
