package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The member of a fleet on a host: it accepts or refuses the offers of the store, and reports the host's state.
 *
 * <p>An offer is judged again only if it changes, if the trust files change, or, while something is refused, at the
 * next request to the store. Every public method may be called by any thread.
 */
public final class FleetHost implements Transport.Listener, AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration ASK = Duration.ofSeconds(60);
    /** A failing node of the store may lose news, and a roll does not wait for ever. */
    private static final Duration ASK_IN_A_ROLL = Duration.ofSeconds(8);

    /** For the case that the store was away in the middle, or that one of its nodes did not have a list yet. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final int MOST_TRIES = 3;

    private final HostSettings settings;
    private final Transport transport;
    private final FleetFiles files;
    private final Intake intake;
    private final Reporter reporter;
    private final ScheduledExecutorService executor;
    private final Clock clock;
    private final Consumer<String> log;
    private final OwnFiles own;
    private final Offered offers = new Offered();
    private final Refusals refusals = new Refusals();
    private int triesForLists;
    private Instant heard;
    private Instant asked;

    /**
     * @param directory the directory of the policy and of all files of this process
     * @param status the agent's status file
     * @param executor may be shared by many hosts
     */
    public FleetHost(
            HostSettings settings,
            Transport transport,
            SshKeygen keygen,
            Path directory,
            Path status,
            ScheduledExecutorService executor,
            Clock clock,
            Consumer<String> log) {
        this.settings = settings;
        this.transport = transport;
        this.files = new FleetFiles(directory);
        this.intake = new Intake(settings, files, keygen, transport, directory, clock);
        this.reporter = new Reporter(settings, transport, files, intake, refusals, status, clock);
        this.own = new OwnFiles(settings, clock);
        this.executor = executor;
        this.clock = clock;
        this.log = log;
        this.heard = clock.instant();
        this.asked = heard;
    }

    /** Composes what is known already, then listens to the store. */
    public void start() {
        look();
        transport.start(this);
        var _ = executor.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        askLater();
    }

    private void askLater() {
        var _ = executor.schedule(
                () -> {
                    guarded(() -> {
                        judgeRefusedAgain();
                        ask();
                    });
                    askLater();
                },
                Reporter.about(ASK).toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private synchronized void judgeRefusedAgain() {
        if (refusals.standing().isPresent()) {
            offers.forgetJudgements();
        }
    }

    private synchronized void ask() {
        asked = clock.instant();
        transport.ask();
    }

    @Override
    public void offered(Slot slot, byte[] content) {
        if (offers.arrive(slot, content)) {
            executor.execute(() -> guarded(this::takeArrivals));
        }
    }

    /** A bug must end neither the process nor later looks. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.accept("this is a bug; the policy in force does not change: " + e);
        }
    }

    private synchronized void takeArrivals() {
        heard = clock.instant();
        offers.take().forEach((slot, content) -> {
            if (content.length == 0) {
                refusals.forgive(Optional.of(slot));
            }
        });
        takeHeld();
    }

    private synchronized void takeHeld() {
        take(Slot.BUNDLE);
        newerGate().filter(gate -> gate.admits(settings.host())).ifPresent(gate -> take(Slot.NEXT));
    }

    /** The bundle of a roll whose version this host does not have yet. */
    private Optional<Gate> newerGate() {
        return Gate.parse(offers.content(Slot.GATE)).filter(gate -> gate.version() > intake.version());
    }

    private void take(Slot slot) {
        if (!offers.isNews(slot)) {
            return;
        }
        var bytes = offers.content(slot);
        try {
            boolean isNews = intake.take(bytes);
            offers.judged(slot);
            triesForLists = 0;
            if (isNews) {
                refusals.forgiveAll();
                log.accept("version " + intake.version() + " is in place: " + files.policyPath());
                reporter.tell();
            } else {
                refusals.forgive(Optional.of(slot));
            }
        } catch (IOException e) {
            tryAgain();
        } catch (Refusal e) {
            if (e.kind() == Kind.LIST && ++triesForLists < MOST_TRIES) {
                tryAgain();
                return;
            }
            triesForLists = 0;
            offers.judged(slot);
            own.forgetPolicy(); // composes the current policy again, in case that had failed
            refuse(e, versionOf(bytes), Optional.of(slot));
            reporter.tell();
        }
    }

    private void tryAgain() {
        var _ = executor.schedule(
                () -> guarded(this::takeHeld), Reporter.about(AGAIN).toMillis(), TimeUnit.MILLISECONDS);
    }

    private void refuse(Refusal e, long version, Optional<Slot> from) {
        if (refusals.add(e, version, from)) {
            log.accept("refused: " + e.sentence() + "; version " + intake.version() + " stays");
        }
    }

    /** From a refused bundle, so only a hint. */
    private static long versionOf(byte[] bytes) {
        try {
            return Manifest.parse(Bundle.parse(bytes).signed()).version();
        } catch (Refusal e) {
            return 0;
        }
    }

    private void look() {
        guarded(this::lookAround);
    }

    /** The host's own file or the trust files may have changed, and the agent may have a new result. */
    private synchronized void lookAround() {
        if (own.isTrustNew()) {
            offers.forgetJudgements();
            takeHeld();
        }
        if (own.isPolicyNew()) {
            compose();
        }
        if (newerGate().isPresent()
                && Duration.between(asked, clock.instant()).abs().compareTo(ASK_IN_A_ROLL) > 0) {
            ask();
        }
        reporter.tellWhatIsNew();
    }

    private void compose() {
        try {
            boolean isNews = intake.compose();
            refusals.forgive(Optional.empty());
            if (isNews) {
                log.accept(settings.hostPolicy() + " was merged into " + files.policyPath());
            }
        } catch (Refusal e) {
            refuse(e, 0, Optional.empty());
        }
    }

    @Override
    public void away(String why) {
        log.accept("the store cannot be reached (" + why.replaceAll("\\p{Cntrl}", "?") + "); the policy in"
                + " force does not change");
    }

    @Override
    public void back() {
        log.accept("the store can be reached again");
        executor.execute(() -> guarded(this::reportAgain));
    }

    private synchronized void reportAgain() {
        reporter.tell();
    }

    /** The text of the metrics. */
    public synchronized String metrics() {
        return FleetMetrics.text(intake.version(), Duration.between(heard, clock.instant()), refusals.counts());
    }

    @Override
    public void close() {
        transport.close();
    }
}
