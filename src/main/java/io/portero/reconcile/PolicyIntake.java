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
 * Takes the policy file into force: reads it, has it judged, and enforces it or something instead of it.
 *
 * <p>A refused file changes nothing. Where nothing is in force yet, the last confirmed policy is enforced instead, and
 * without one a host that is closed but for ssh: the host is never left open for want of a policy.
 */
final class PolicyIntake {
    /** The key of which an error says that an uplink is trusted. */
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

    /** What made the file be read, when it is to be read again once there are first answers. */
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

    /** Reads the file; where names or lists stand in it that nobody has asked for yet, an edit waits for the first answers. */
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

    /** What lists held when they were last put in force, and what names and lists on the web stand for now. */
    private Outside outside() {
        var lists = new HashMap<ListFile, AddressSet>(confirmed.lists());
        enforcement.policy().ifPresent(policy -> lists.putAll(policy.lists()));
        return answers.outside(lists).at(host.surroundings());
    }

    /** An edit may put a name where addresses stood: nobody is to be shut out until it is answered for. */
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

    /** Enforces now what waits for first answers, if anything does: it has waited long enough. */
    Optional<PassResult> stopWaitingForAnswers() {
        return postponed.map(trigger -> reload(trigger, false));
    }

    /** Names stand for something else, or there is something else to tell of them. */
    PassResult hearOfNames() {
        return renew(Trigger.DNS, names.hear());
    }

    /** The same of lists on the web. */
    PassResult hearOfLists() {
        return renew(Trigger.LIST, urls.hear());
    }

    /** When the next member leaves the policy in force, or the one to go back to. */
    Optional<Instant> nextToLeave() {
        return Stream.of(enforcement.policy(), confirmed.policy())
                .flatMap(Optional::stream)
                .flatMap(policy -> policy.nextToLeave().stream())
                .min(Comparator.naturalOrder());
    }

    /** The time of a member is over. */
    PassResult letMembersLeave() {
        confirmed.letMembersLeave(clock.instant());
        return renew(Trigger.EXPIRY, false);
    }

    private PassResult renew(Trigger trigger, boolean changed) {
        var result = enforcement.inForce().map(target -> renew(trigger, target)).orElse(PassResult.DONE);
        if (postponed.isPresent()) {
            return reload(postponed.get());
        }
        // What was refused may have been so for what a name or a list stood for.
        return changed && isRefused() && result != PassResult.FAILED ? reload(Trigger.FILE, false) : result;
    }

    /** A file that was refused for a trusted uplink may be right now that the uplinks are others. */
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
     * Puts in force whatever the answers have come to be. Here is no guard: refusing would not bring back what a name stood for,
     * and lists have been judged when they were taken.
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
     * What was wrong with the file for want of an answer may be so no more; and what a list brings in may be wrong, such as the
     * gateway in one that denies.
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
        var fallback = Compiled.of(FallbackPolicy.of(host.sshPorts()), Origin.FALLBACK);
        if (enforcement.isGuarded(fallback)) {
            events.tell(new Event.TableKept());
            return PassResult.DONE;
        }
        return enforcement.enforce(trigger, fallback).result();
    }
}
