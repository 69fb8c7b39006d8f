package io.portero.reconcile;

import io.portero.apply.Firewall;
import io.portero.bans.BanGuard;
import io.portero.bans.BanKeeper;
import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.TimedSets;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.enforce.Kernel;
import io.portero.enforce.Learning;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.guests.GuestKeeper;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.revocation.Revoker;
import io.portero.safety.Admission;
import io.portero.safety.HostView;
import io.portero.stage.Stage;
import io.portero.stage.StageKeeper;
import io.portero.stage.StageResult;
import io.portero.stage.StageTable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes one pass: hands each trigger to the part that handles it. It also assembles the parts of this package.
 *
 * <p>Belongs to one thread. {@link PolicyIntake} puts the file in force, {@link Confirmation} ends probations,
 * {@link Enforcement} knows the policy in force, and {@link Repairs} and {@link Upkeep} keep the kernel equal to it.
 */
public final class Reconciler {
    private final Kernel kernel;
    private final BanKeeper bans;
    private final GuestKeeper guests;
    private final UplinkWatch uplinks;
    private final TimedMembers timed;
    private final Repairs repairs;
    private final Enforcement enforcement;
    private final Confirmation confirmation;
    private final PolicyIntake intake;
    private final Upkeep upkeep;
    private final Staging staging;
    private final EventPublisher events;
    private final Clock clock;
    private final Alarm expiry = new Alarm();

    public Reconciler(
            Path file,
            PolicyReader reader,
            Firewall firewall,
            DriftWatch driftWatch,
            HostView host,
            Keeping keeping,
            Clock clock,
            List<ReconcileListener> listeners) {
        this(file, reader, firewall, StageTable.NONE, driftWatch, host, keeping, clock, listeners);
    }

    /** @param stage the port to the table of a staged policy */
    public Reconciler(
            Path file,
            PolicyReader reader,
            Firewall firewall,
            StageTable stage,
            DriftWatch driftWatch,
            HostView host,
            Keeping keeping,
            Clock clock,
            List<ReconcileListener> listeners) {
        var confirmed = new ConfirmedPolicy(reader, keeping);
        var settings = confirmed.loaded().map(Loaded.Accepted::settings).orElse(AgentSettings.DEFAULT);
        this.clock = clock;
        this.events = new EventPublisher(listeners, clock, Status.initial(file.toString(), settings, clock.instant()));

        var sets = new TimedSets(firewall, why -> events.tell(new Event.LeftOut(why)));
        var guard = new BanGuard(host, keeping.peers());
        this.bans = new BanKeeper(
                firewall,
                sets,
                keeping.bans(),
                guard,
                clock,
                (made, all) -> events.tell(new Event.BansChanged(made, all)));
        var revoker = new Revoker(firewall, host, clock, new RevocationEvents(events));
        this.guests = new GuestKeeper(
                firewall,
                sets,
                keeping.guests(),
                bans::clause,
                clock,
                (changes, all) -> events.tell(new Event.GuestsChanged(changes, all)));
        this.timed = new TimedMembers(sets, bans, guests, revoker);
        this.kernel = new Kernel(firewall, keeping.rules(), sets, timed::refill);

        this.uplinks = new UplinkWatch(host, driftWatch.nanoTime());
        var learning = new Learning(
                firewall, kernel, host, Learning.TIME, remarks -> events.tell(new Event.CostForeseen(remarks)));
        this.enforcement = new Enforcement(kernel, learning, revoker, uplinks, confirmed, events);

        var admission = new Admission(host, keeping.peers(), guests::isGuest);
        this.confirmation = new Confirmation(enforcement, admission, keeping, confirmed, events);
        var names = new NameRenewal(keeping.names(), enforcement, confirmed, events);
        var answers = keeping.answers();
        var urls = new ListRenewal(answers, admission, enforcement, confirmed, events);
        this.intake = new PolicyIntake(
                file,
                reader,
                host,
                admission,
                enforcement,
                confirmation,
                confirmed,
                answers,
                names,
                urls,
                clock,
                events);

        this.repairs = new Repairs(kernel, driftWatch, timed, events::tell);
        this.upkeep = new Upkeep(repairs, uplinks, admission, keeping.peers(), confirmed, clock, events);
        this.staging = new Staging(
                new StageKeeper(
                        stage, reader, keeping.stage(), clock, news -> events.tell(new Event.StageChanged(news))),
                enforcement,
                answers,
                events);
    }

    public Status status() {
        return events.status();
    }

    /** Whether a policy is on probation, so that passes for it are due several times a second. */
    public boolean onProbation() {
        return confirmation.isPending();
    }

    /** How long a pass for a drift should wait during contention. */
    public Duration pauseBetweenRepairs() {
        return repairs.pause();
    }

    /** The events since the beginning of the last pass; for the loop's thread. */
    public List<Event> told() {
        return events.told();
    }

    /** Whether the file waits for the first answers for its names; for the loop's thread. */
    public boolean isPostponed() {
        return intake.isPostponed();
    }

    /** Carries out an order about bans. */
    public BanReport order(BanOrder order) {
        return enforcement
                .policy()
                .map(policy -> bans.order(order, policy))
                .orElseGet(() -> BanReport.failed("the agent enforces no policy yet; see its log"));
    }

    /** Carries out an order about a guest. */
    public GuestReport order(GuestOrder order) {
        return enforcement
                .policy()
                .map(policy -> guests.order(order, policy))
                .orElseGet(() -> GuestReport.failed("the agent enforces no policy yet; see its log"));
    }

    /** Stages a policy, beside the one in force. */
    public StageResult stage(Stage stage) {
        return staging.begin(stage);
    }

    /** Ends the stage. */
    public StageResult endStage() {
        return staging.end();
    }

    public PassResult pass(Trigger trigger) {
        events.passBegins();
        tellFailures();
        var result = answer(trigger);
        staging.follow(trigger);
        return result;
    }

    private PassResult answer(Trigger trigger) {
        return switch (trigger) {
            case STARTUP -> start();
            case FILE -> intake.reload(trigger);
            case SIGNAL -> {
                kernel.doubt(); // the caller wants a fresh result
                yield intake.reload(trigger);
            }
            case PROBATION, ROLLBACK -> confirmation.check();
            case DRIFT -> enforcement.inForce().map(repairs::heard).orElseGet(this::start);
            case DNS -> intake.hearOfNames();
            case LIST -> intake.hearOfLists();
            case EXPIRY -> expired();
            case NETWORK -> enforcement.inForce().map(this::networkChanged).orElse(PassResult.DONE);
            case PERIODIC -> enforcement.inForce().map(this::periodic).orElseGet(this::start);
        };
    }

    private PassResult start() {
        var result = intake.reload(Trigger.STARTUP);
        enforcement.policy().ifPresent(timed::started);
        return result;
    }

    private PassResult expired() {
        timed.expired();
        return intake.letMembersLeave();
    }

    /** The time until the next member or guest expires, at most {@code most}. */
    public Duration untilExpiry(Duration most) {
        return expiry.silence(nextExpiry(), clock.instant(), most);
    }

    /** Nothing else is read before a policy is in force: closing the host comes first. */
    private Optional<Instant> nextExpiry() {
        if (enforcement.inForce().isEmpty()) {
            return Optional.empty();
        }
        return Stream.of(intake.nextToLeave(), timed.nextExpiry(), staging.nextExpiry())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    private PassResult periodic(Compiled target) {
        return intake.stopWaitingForAnswers().orElseGet(() -> upkeep.look(target));
    }

    private PassResult networkChanged(Compiled target) {
        uplinks.look(target.policy()).ifPresent(events::tell);
        return intake.retryForUplink();
    }

    /** Whether a pass without a trigger is due; to be called at each turn of the loop. */
    public Set<Trigger> noticed() {
        var noticed = EnumSet.noneOf(Trigger.class);
        if (uplinks.hasNews()) {
            noticed.add(Trigger.NETWORK);
        }
        if (expiry.rings(nextExpiry(), clock.instant())) {
            noticed.add(Trigger.EXPIRY);
        }
        return noticed;
    }

    /** Reports failed writes, which are known some time after the pass that caused them; to be called regularly. */
    public void tellFailures() {
        confirmation.tellFailures();
    }
}
