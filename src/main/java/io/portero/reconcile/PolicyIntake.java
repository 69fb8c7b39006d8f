package io.portero.reconcile;

import io.portero.config.FallbackPolicy;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.events.Origin;
import io.portero.events.Trigger;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Reference.ListFile;
import io.portero.safety.Admission;
import io.portero.safety.HostView;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Puts the policy file in force: reads it, has it judged, and enforces it or a replacement.
 *
 * <p>A refused file changes nothing. If nothing is in force yet, the last confirmed policy is enforced instead. If
 * there is none, the host is closed except for ssh: a missing policy never leaves the host open.
 */
final class PolicyIntake {
    /** The key of the error about a trusted uplink. */
    private static final String TRUSTED = "trusted-interfaces";

    private final Path file;
    private final PolicyReader reader;
    private final HostView host;
    private final Admission admission;
    private final Enforcement enforcement;
    private final Confirmation confirmation;
    private final ConfirmedPolicy confirmed;
    private final Answers answers;
    private final NameRenewal names;
    private final ListRenewal urls;
    private final Clock clock;
    private final EventPublisher events;

    /** The trigger of a file that waits for first answers; the file is read again then. */
    private Optional<Trigger> postponed = Optional.empty();

    PolicyIntake(
            Path file,
            PolicyReader reader,
            HostView host,
            Admission admission,
            Enforcement enforcement,
            Confirmation confirmation,
            ConfirmedPolicy confirmed,
            Answers answers,
            NameRenewal names,
            ListRenewal urls,
            Clock clock,
            EventPublisher events) {
        this.file = file;
        this.reader = reader;
        this.host = host;
        this.admission = admission;
        this.enforcement = enforcement;
        this.confirmation = confirmation;
        this.confirmed = confirmed;
        this.answers = answers;
        this.names = names;
        this.urls = urls;
        this.clock = clock;
        this.events = events;
    }

    /** Reads the file; an edit with new names or lists waits for their first answers. */
    PassResult reload(Trigger trigger) {
        if (trigger == Trigger.SIGNAL) {
            urls.fetchNow();
        }
        return reload(trigger, trigger == Trigger.FILE || trigger == Trigger.SIGNAL);
    }

    private PassResult reload(Trigger trigger, boolean patient) {
        postponed = Optional.empty();
        return switch (read()) {
            case Loaded.Refused refused -> {
                follow(Optional.empty());
                yield refuse(trigger, refused.problems());
            }
            case Loaded.Accepted accepted -> {
                follow(Optional.of(accepted));
                yield patient && mustWaitForAnswers(trigger, accepted)
                        ? PassResult.POSTPONED
                        : consider(trigger, accepted);
            }
        };
    }

    private void follow(Optional<Loaded.Accepted> next) {
        names.follow(next);
        urls.follow(next);
    }

    private Loaded read() {
        return reader.read(file, outside());
    }

    /** The last content of list files that was put in force, and the current addresses of names and web lists. */
    private Outside outside() {
        var lists = new HashMap<ListFile, AddressSet>(confirmed.lists());
        enforcement.policy().ifPresent(policy -> lists.putAll(policy.lists()));
        return answers.outside(lists).at(host.surroundings());
    }

    /** An edit may replace addresses by a name: the old sources must not be shut out until the name is resolved. */
    private boolean mustWaitForAnswers(Trigger trigger, Loaded.Accepted next) {
        if (enforcement.inForce().isPresent()
                && (names.awaitsFirstAnswers(next.policy()) || urls.awaitsFirstAnswers(next.policy()))) {
            postponed = Optional.of(trigger);
        }
        return postponed.isPresent();
    }

    boolean isPostponed() {
        return postponed.isPresent();
    }

    /** Enforces a file that waits for first answers, if any: the wait is over. */
    Optional<PassResult> stopWaitingForAnswers() {
        return postponed.map(trigger -> reload(trigger, false));
    }

    /** Handles changed addresses of names, and other news about names. */
    PassResult hearOfNames() {
        return renew(Trigger.DNS, names.hear());
    }

    /** Handles changed web lists, and other news about them. */
    PassResult hearOfLists() {
        return renew(Trigger.LIST, urls.hear());
    }

    /** When the next member of the policy in force, or of the confirmed one, expires. */
    Optional<Instant> nextToLeave() {
        return Stream.of(enforcement.policy(), confirmed.policy())
                .flatMap(Optional::stream)
                .flatMap(policy -> policy.nextToLeave().stream())
                .min(Comparator.naturalOrder());
    }

    /** Handles expired members. */
    PassResult letMembersLeave() {
        confirmed.letMembersLeave(clock.instant());
        return renew(Trigger.EXPIRY, false);
    }

    private PassResult renew(Trigger trigger, boolean changed) {
        var result = enforcement.inForce().map(target -> renew(trigger, target)).orElse(PassResult.DONE);
        if (postponed.isPresent()) {
            return reload(postponed.get());
        }
        // The file may have been refused because of the old addresses of a name or a list.
        return changed && isRefused() && result != PassResult.FAILED ? reload(Trigger.FILE, false) : result;
    }

    /** A file that was refused because of a trusted uplink may be valid after the uplinks have changed. */
    PassResult retryForUplink() {
        boolean mayBeRight = isRefused()
                && events.status().file().problems().stream().anyMatch(PolicyIntake::isOfUplink)
                && (!(read() instanceof Loaded.Refused again)
                        || again.problems().stream().noneMatch(PolicyIntake::isOfUplink));
        return mayBeRight ? reload(Trigger.FILE) : PassResult.DONE;
    }

    private static boolean isOfUplink(Problem problem) {
        return problem.severity() == Problem.Severity.ERROR && problem.key().equals(TRUSTED);
    }

    private boolean isRefused() {
        return !events.status().file().lastReloadSuccessful();
    }

    /**
     * Puts the current answers in force. The lockout guard does not run here: a refusal would not bring old addresses
     * of a name back, and lists were judged when they were accepted.
     */
    private PassResult renew(Trigger trigger, Compiled target) {
        var next = target.loaded().with(answers.addresses()).at(clock.instant());
        if (next.policy().equals(target.policy())) {
            return PassResult.DONE;
        }
        var enforced = confirmation.renew(trigger, Compiled.of(next, target.origin()));
        if (enforced.inForce()) {
            tellWhoLeft(target.policy(), next.policy());
            judgeAnew(trigger, next);
        }
        return enforced.result();
    }

    private void tellWhoLeft(Policy before, Policy after) {
        var left = after.temporary().entrySet().stream()
                .filter(e -> e.getValue().isEmpty()
                        && !before.temporary()
                                .getOrDefault(e.getKey(), AddressSet.EMPTY)
                                .isEmpty())
                .map(e -> new Event.MembersLeft.Member(e.getKey(), after.places(e.getKey())))
                .toList();
        if (!left.isEmpty()) {
            events.tell(new Event.MembersLeft(left));
        }
    }

    /**
     * An answer may solve a problem of the file. New members of a list may also cause one, for example a gateway in a
     * deny list.
     */
    private void judgeAnew(Trigger trigger, Loaded.Accepted current) {
        if ((trigger == Trigger.LIST || !events.status().file().problems().isEmpty())
                && !isRefused()
                && read() instanceof Loaded.Accepted read
                && read.isSameContent(current)) {
            events.tell(new Event.PolicyAccepted(trigger, read.settings(), read.problems()));
        }
    }

    private PassResult consider(Trigger trigger, Loaded.Accepted next) {
        if (confirmation.isRejected(next)) {
            var why = "it was put in force before and not confirmed; change something in it to try it again";
            return refuse(trigger, with(next.problems(), "safety.confirm", why));
        }
        return switch (admission.decide(next.policy(), confirmed.policy(), enforcement.policy())) {
            case Admission.Decision.Refuse refuse ->
                refuse(trigger, with(next.problems(), "safety.lockout-guard", refuse.why()));
            case Admission.Decision.Admit admit -> {
                events.tell(new Event.PolicyAccepted(trigger, next.settings(), next.problems()));
                if (!admit.warnings().isEmpty()) {
                    events.tell(new Event.CostForeseen(admit.warnings()));
                }
                yield confirmation.enforce(trigger, next, admit);
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
        var fallback = Compiled.of(FallbackPolicy.of(host.sshPorts()), Origin.FALLBACK);
        if (enforcement.isGuarded(fallback)) {
            events.tell(new Event.TableKept());
            return PassResult.DONE;
        }
        return enforcement.enforce(trigger, fallback).result();
    }
}
