package io.portero.reconcile;

import io.portero.apply.Firewall;
import io.portero.apply.Outcome;
import io.portero.bans.Ban;
import io.portero.bans.BanChanges;
import io.portero.bans.BanGuard;
import io.portero.bans.BanKeeper;
import io.portero.bans.TimedSets;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.names.NameCache;
import io.portero.names.NameNews;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import io.portero.safety.Admission;
import io.portero.safety.HostView;
import io.portero.safety.Probation;
import io.portero.safety.RememberedPeers;
import io.portero.safety.Session;
import io.portero.safety.WayIn;
import io.portero.state.Digest;
import io.portero.state.DiskWriter;
import io.portero.state.LastGood;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes one pass: reads the file or looks at the kernel, and puts right what is not.
 *
 * <p>Belongs to one thread. What is enforced is the file's policy; when that is refused, what was in force; when nothing
 * was, the last policy that was confirmed; and without one, a host that is closed but for ssh.
 */
public final class Reconciler {
    private static final System.Logger LOG = System.getLogger(Reconciler.class.getName());
    private static final Duration PEERS_SEEN_EVERY = Duration.ofMinutes(5);

    private final Path file;
    private final PolicyReader reader;
    private final HostView host;
    private final Clock clock;
    private final List<ReconcileListener> listeners;
    private final Kernel kernel;
    private final BanKeeper bans;
    private final TimedSets timed;
    private final Learning learning;
    private final Revoker revoker;
    private final Repairs repairs;
    private final Admission admission;
    private final UplinkWatch uplinks;
    private final LastGood lastGood;
    private final Probation probation;
    private final RememberedPeers peers;
    private final NameCache names;
    private final DiskWriter writer;

    private Optional<Target> inForce = Optional.empty();
    private Optional<Loaded.Accepted> confirmed;
    /** What made the file be read, when it is to be read again once there are answers for its names. */
    private Optional<Trigger> postponed = Optional.empty();

    private Instant peersSeen = Instant.EPOCH;
    private volatile Status status;

    public Reconciler(
            Path file,
            PolicyReader reader,
            Firewall firewall,
            DriftWatch driftWatch,
            HostView host,
            Keeping keeping,
            Clock clock,
            List<ReconcileListener> listeners) {
        this.file = file;
        this.reader = reader;
        this.host = host;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        this.timed = new TimedSets(firewall, why -> tell(new Event.LeftOut(why)));
        this.kernel = new Kernel(firewall, keeping.rules(), timed, this::refill);
        this.learning =
                new Learning(firewall, kernel, host, Learning.TIME, remarks -> tell(new Event.CostForeseen(remarks)));
        this.revoker = new Revoker(firewall, host, clock, this::tell);
        this.bans = new BanKeeper(
                firewall, timed, keeping.bans(), new BanGuard(host, keeping.peers()), clock, banListener());
        this.repairs = new Repairs(kernel, driftWatch, lanes(), this::tell);
        this.admission = new Admission(host, keeping.peers());
        this.uplinks = new UplinkWatch(host);
        this.lastGood = keeping.lastGood();
        this.probation = keeping.probation();
        this.peers = keeping.peers();
        this.names = keeping.names();
        this.writer = keeping.writer();
        this.confirmed = lastGood.policy().flatMap(text -> accepted(LastGood.POLICY, text));
        var settings = confirmed.map(Loaded.Accepted::settings).orElse(AgentSettings.DEFAULT);
        this.status = Status.initial(file.toString(), settings, clock.instant());
    }

    private BanKeeper.Listener banListener() {
        return new BanKeeper.Listener() {
            @Override
            public void changed(BanChanges changes, List<Ban> all) {
                tell(new Event.BansChanged(changes, all));
            }

            @Override
            public void notKept(String why) {
                tell(new Event.NotKept(why));
            }
        };
    }

    private Repairs.Lanes lanes() {
        return new Repairs.Lanes() {
            @Override
            public void seen(Snapshot table) {
                policyInForce().ifPresent(policy -> {
                    bans.seen(table, policy);
                    revoker.seen(table, policy);
                });
            }

            @Override
            public void changed() {
                policyInForce().ifPresent(policy -> {
                    bans.settle(policy);
                    revoker.changed(policy);
                });
            }
        };
    }

    private void refill(Set<String> sets) {
        timed.change(TimedChange.puts(sets, revoker::members));
        bans.refill(sets);
    }

    private Optional<Policy> policyInForce() {
        return inForce.map(target -> target.loaded().policy());
    }

    private Optional<Loaded.Accepted> accepted(String name, String text) {
        return reader.parse(name, text, Outside.keeping(lastGood.lists(), n -> names.addresses()))
                        instanceof Loaded.Accepted policy
                ? Optional.of(policy)
                : Optional.empty();
    }

    /** What lists held when they were last put in force, and what names stand for now. */
    private Outside outside() {
        var lists = new HashMap<ListFile, AddressSet>();
        confirmed.ifPresent(c -> lists.putAll(c.policy().lists()));
        inForce.ifPresent(t -> lists.putAll(t.loaded().policy().lists()));
        return Outside.keeping(lists, n -> names.addresses()).at(host.surroundings());
    }

    private record Target(Loaded.Accepted loaded, Origin origin, Ruleset ruleset, String script, String digest) {
        static Target of(Loaded.Accepted loaded, Origin origin) {
            var ruleset = PolicyCompiler.compile(loaded.policy());
            var script = RulesetPrinter.print(ruleset);
            return new Target(loaded, origin, ruleset, script, Digest.of(script));
        }
    }

    /** How a pass ended, for whoever decides when the next one is due. */
    public enum Result {
        DONE,
        /** Rules are in force that have not been seen in a listing yet. */
        UNVERIFIED,
        FAILED
    }

    public Status status() {
        return status;
    }

    /** Whether a policy waits to be confirmed, so that passes for it are due several times a second. */
    public boolean onProbation() {
        return probation.isPending();
    }

    /** How long a pass for a drift should wait, since it is one of too many. */
    public Duration pauseBetweenRepairs() {
        return repairs.pause();
    }

    public Result pass(Trigger trigger) {
        tellFailures();
        return switch (trigger) {
            case STARTUP -> start();
            case FILE, SIGNAL -> reload(trigger);
            case PROBATION, ROLLBACK -> checkProbation();
            case DRIFT -> inForce.isPresent() ? repairs.heard(inForce.get().ruleset()) : start();
            case DNS -> hearOfNames();
            case PERIODIC -> inForce.isPresent() ? reconcile(inForce.get()) : start();
        };
    }

    private Result start() {
        var result = reload(Trigger.STARTUP);
        policyInForce().ifPresent(bans::settle);
        return result;
    }

    private Result reload(Trigger trigger) {
        return reload(trigger, trigger == Trigger.FILE || trigger == Trigger.SIGNAL);
    }

    /** @param patient whether to wait for the first answers for its names */
    private Result reload(Trigger trigger, boolean patient) {
        if (trigger == Trigger.SIGNAL) {
            kernel.doubt(); // whoever asks wants to be sure
        }
        postponed = Optional.empty();
        return switch (reader.read(file, outside())) {
            case Loaded.Refused refused -> {
                followNames(Optional.empty());
                yield refuse(trigger, refused.problems());
            }
            case Loaded.Accepted accepted -> {
                followNames(Optional.of(accepted));
                yield patient && mustWaitForNames(trigger, accepted) ? Result.DONE : consider(trigger, accepted);
            }
        };
    }

    private void followNames(Optional<Loaded.Accepted> next) {
        var wanted = new TreeMap<HostName, SortedSet<String>>();
        var policies = Stream.of(next, inForce.map(Target::loaded), confirmed)
                .flatMap(Optional::stream)
                .toList();
        for (var loaded : policies.reversed()) {
            loaded.policy()
                    .names()
                    .keySet()
                    .forEach(n -> wanted.put(n, loaded.policy().places(n)));
        }
        names.follow(
                wanted,
                policies.stream()
                        .findFirst()
                        .map(p -> p.settings().maxStale())
                        .orElse(AgentSettings.DEFAULT.maxStale()));
    }

    /** An edit may put a name where addresses stood: nobody is to be shut out until it is answered for. */
    private boolean mustWaitForNames(Trigger trigger, Loaded.Accepted next) {
        if (inForce.isPresent() && names.awaits(next.policy().names().keySet())) {
            postponed = Optional.of(trigger);
        }
        return postponed.isPresent();
    }

    private Result hearOfNames() {
        var news = names.takeNews();
        news.forEach(n -> tell(new Event.NameHeard(n)));
        confirmed = confirmed.map(c -> c.with(names.addresses()));
        var result = inForce.isPresent() ? renewMembers(inForce.get()) : Result.DONE;
        if (postponed.isPresent()) {
            return reload(postponed.get());
        }
        boolean changed = news.stream().anyMatch(NameNews.Changed.class::isInstance);
        // What was refused may have been so for what a name stood for.
        return changed && !status.file().lastReloadSuccessful() && result != Result.FAILED
                ? reload(Trigger.FILE, false)
                : result;
    }

    /** Whatever names have come to stand for is put in force: no guard, since refusing would not bring the old back. */
    private Result renewMembers(Target target) {
        var next = target.loaded().with(names.addresses());
        if (next.policy().equals(target.loaded().policy())) {
            return Result.DONE;
        }
        var renewed = Target.of(next, target.origin());
        var outcome = enforce(Trigger.DNS, renewed);
        if (isInForce(outcome) && !probation.isPending()) {
            keep(renewed);
        }
        if (isInForce(outcome)) {
            judgeAnew(next);
        }
        return result(outcome);
    }

    /** What was wrong with the file for want of an answer may be so no more. */
    private void judgeAnew(Loaded.Accepted current) {
        if (!status.file().problems().isEmpty()
                && status.file().lastReloadSuccessful()
                && reader.read(file, outside()) instanceof Loaded.Accepted read
                && read.content().equals(current.content())) {
            tell(new Event.PolicyAccepted(Trigger.DNS, read.settings(), read.problems()));
        }
    }

    private Result consider(Trigger trigger, Loaded.Accepted next) {
        if (probation.isRejected(Digest.of(next.content()))) {
            return refuse(
                    trigger,
                    with(
                            next.problems(),
                            "safety.confirm",
                            "it was put in force before and not" + " confirmed; change it to have it tried again"));
        }
        return switch (admission.decide(next.policy(), confirmed.map(Loaded.Accepted::policy))) {
            case Admission.Decision.Refuse refuse ->
                refuse(trigger, with(next.problems(), "safety.lockout-guard", refuse.why()));
            case Admission.Decision.Admit admit -> {
                tell(new Event.PolicyAccepted(trigger, next.settings(), next.problems()));
                if (!admit.warnings().isEmpty()) {
                    tell(new Event.CostForeseen(admit.warnings()));
                }
                yield admit(trigger, next, admit.onProbation());
            }
        };
    }

    private List<Problem> with(List<Problem> problems, String key, String sentence) {
        var all = new ArrayList<>(problems);
        all.add(new Problem(Problem.Severity.ERROR, file.toString(), 0, key, sentence));
        return all;
    }

    private Result refuse(Trigger trigger, List<Problem> problems) {
        tell(new Event.PolicyRefused(trigger, problems));
        return inForce.isPresent() ? Result.DONE : enforceSomething(trigger);
    }

    /** The host is never left open for want of a policy. */
    private Result enforceSomething(Trigger trigger) {
        if (confirmed.isPresent()) {
            return result(enforce(trigger, Target.of(confirmed.get(), Origin.LAST_GOOD)));
        }
        var fallback = Target.of(Fallback.policy(host.sshPorts()), Origin.FALLBACK);
        if (kernel.isGuarded(fallback.ruleset())) {
            tell(new Event.TableKept());
            return Result.DONE;
        }
        return result(enforce(trigger, fallback));
    }

    private Result admit(Trigger trigger, Loaded.Accepted next, boolean onProbation) {
        var candidate = Digest.of(next.content());
        if (onProbation && !probation.isPending(candidate)) {
            probation.announce(candidate).ifPresent(why -> tell(new Event.NotKept(why)));
        }
        var target = Target.of(next, Origin.FILE);
        var outcome = enforce(trigger, target);
        if (!isInForce(outcome)) {
            probation.withdraw();
        } else if (!onProbation) {
            confirm(target);
        } else if (!probation.isPending(candidate)) {
            var within = next.policy().safety().confirmWithin();
            probation.begin(candidate, within, managementSessions(next.policy()));
            tell(new Event.ProbationBegan(within));
        }
        return result(outcome);
    }

    private void confirm(Target target) {
        confirmed = Optional.of(target.loaded());
        keep(target);
        probation.confirmed();
        if (status.probationUntil().isPresent()) {
            tell(new Event.ProbationEnded(Probation.End.SUPERSEDED));
        }
    }

    private void keep(Target target) {
        var lists = target.loaded().policy().lists();
        writer.later(() -> lastGood.keep(target.loaded().text(), lists, target.script()))
                .ifPresent(why -> tell(new Event.NotKept("keeping the last good policy failed: " + why)));
        tellFailures();
    }

    /** What could not be written is known some time after the pass that left it to be written; to be called now and then. */
    void tellFailures() {
        writer.takeFailures().forEach(why -> tell(new Event.NotKept(why)));
    }

    private Result checkProbation() {
        var target = inForce;
        if (target.isEmpty()) {
            return Result.DONE;
        }
        var policy = target.get().loaded().policy();
        var end = probation.check(managementSessions(policy), policy);
        if (end.isEmpty()) {
            return Result.DONE;
        }
        tell(new Event.ProbationEnded(end.get()));
        if (end.get().isConfirmed()) {
            confirm(target.get());
            return Result.DONE;
        }
        return rollBack();
    }

    private Result rollBack() {
        probation.rejected();
        var target = confirmed.map(c -> Target.of(c, Origin.LAST_GOOD));
        if (target.isEmpty()) {
            throw new IllegalStateException("a probation without a policy to go back to");
        }
        var outcome = enforce(Trigger.ROLLBACK, target.get());
        aimAt(target.get()); // also when that failed: every later pass works for it
        return result(outcome);
    }

    private List<Session> managementSessions(Policy policy) {
        return admission.sessions(policy, confirmed.map(Loaded.Accepted::policy));
    }

    private Outcome enforce(Trigger trigger, Target target) {
        long start = System.nanoTime();
        var before = inForce.map(Target::digest).orElse("");
        var after = target.loaded().policy();
        learning.before(after);
        // At a start it is the policy that was confirmed last whose flows run: the file may have changed in between.
        var consequence = policyInForce()
                .or(() -> confirmed.map(Loaded.Accepted::policy))
                .filter(policy -> !policy.equals(after))
                .map(policy -> revoker.of(policy, after));
        var outcome = kernel.bring(
                target.ruleset(), consequence.map(Revoker.Consequence::steps).orElse(List.of()));
        if (isInForce(outcome)) {
            aimAt(target);
            consequence.ifPresent(c -> revoker.done(c, after));
        }
        tell(new Event.ApplyEnded(trigger, target.origin(), outcome, before, target.digest(), since(start)));
        uplinks.look(after).ifPresent(this::tell);
        return outcome;
    }

    private void aimAt(Target target) {
        inForce = Optional.of(target);
        var loaded = target.loaded();
        status =
                status.withPolicy(new Status.InForce(loaded.policy(), target.origin(), target.digest(), loaded.text()));
    }

    private static boolean isInForce(Outcome outcome) {
        return !(outcome instanceof Outcome.Failed failed) || failed.switched();
    }

    private Result result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> Result.FAILED;
            case Outcome.Applied applied -> kernel.isUnverified() ? Result.UNVERIFIED : Result.DONE;
            case Outcome.Unchanged unchanged -> Result.DONE;
        };
    }

    private Result reconcile(Target target) {
        if (postponed.isPresent()) {
            return reload(postponed.get(), false); // it has been waited for long enough
        }
        seePeers(target);
        uplinks.look(target.loaded().policy()).ifPresent(this::tell);
        writer.later(this::keepWhatIsOwed);
        return repairs.look(target.ruleset());
    }

    /** Why it could not be kept was told at the first try. */
    private Optional<String> keepWhatIsOwed() {
        lastGood.retry();
        return Optional.empty();
    }

    private void seePeers(Target target) {
        var now = clock.instant();
        if (Duration.between(peersSeen, now).abs().compareTo(PEERS_SEEN_EVERY) >= 0) {
            peersSeen = now;
            var policy = target.loaded().policy();
            peers.see(WayIn.proven(List.of(policy), managementSessions(policy)));
        }
    }

    private void tell(Event event) {
        status = StatusBuilder.after(status, event, clock.instant());
        for (var listener : listeners) {
            try {
                listener.on(event, status);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "somebody who was to be told could not hear it", e);
            }
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
