package io.portero.fleet;

import io.portero.fleet.AgentView.Seen;
import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A host's life in a fleet: what the store offers is judged, taken or refused, and how the host does is reported.
 *
 * <p>What was judged once is not judged again until it changes. Every public method may be called by any thread.
 */
public final class FleetHost implements Transport.Listener, AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration ASK = Duration.ofMinutes(5);
    private static final Duration REPORT = Duration.ofSeconds(60);

    private final HostSettings settings;
    private final Transport transport;
    private final FleetFiles files;
    private final Intake intake;
    private final AgentView agent;
    private final ScheduledExecutorService executor;
    private final Clock clock;
    private final Consumer<String> log;
    private final Map<Kind, Long> refusals = new EnumMap<>(Kind.class);
    private final Map<Transport.Slot, String> judged = new EnumMap<>(Transport.Slot.class);

    private byte[] next = new byte[0];
    private Optional<Gate> gate = Optional.empty();
    private Optional<Refusal> refusal = Optional.empty();
    private long refusedVersion;
    private Instant heard;
    private String hostFile = "";
    private Optional<Report> reported = Optional.empty();
    private Instant reportedAt = Instant.MIN;
    private Duration reportEvery = REPORT;

    /**
     * @param directory where the policy is put, and all that this process keeps
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
        this.agent = new AgentView(status);
        this.executor = executor;
        this.clock = clock;
        this.log = log;
        this.heard = files.placedAt();
    }

    /** Composes what is known already, then listens to the store. */
    public void start() {
        look();
        transport.start(this);
        executor.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        askLater();
    }

    private void askLater() {
        long millis = ASK.toMillis() * (80 + ThreadLocalRandom.current().nextInt(40)) / 100;
        executor.schedule(
                () -> {
                    transport.ask();
                    askLater();
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void offered(Transport.Slot slot, byte[] content) {
        executor.execute(() -> judge(slot, content));
    }

    private synchronized void judge(Transport.Slot slot, byte[] content) {
        heard = clock.instant();
        switch (slot) {
            case BUNDLE -> take(slot, content);
            case NEXT -> next = content;
            case GATE -> gate = Gate.parse(content);
        }
        if (slot != Transport.Slot.BUNDLE && gate.isPresent() && gate.get().admits(settings.host())) {
            if (gate.get().version() > intake.version()) {
                take(Transport.Slot.NEXT, next);
            }
        }
    }

    private void take(Transport.Slot slot, byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        var hash = ListRef.hash(bytes);
        if (hash.equals(judged.get(slot))) {
            return;
        }
        try {
            boolean news = intake.take(bytes);
            judged.put(slot, hash);
            refusal = Optional.empty();
            refusedVersion = 0;
            if (news) {
                log.accept("version " + intake.version() + " is in place: " + files.policyPath());
                report();
            }
        } catch (Refusal e) {
            if (e.kind() != Kind.LIST) { // a list may come yet
                judged.put(slot, hash);
            }
            refuse(e);
            refusedVersion = versionOf(bytes);
            report();
        }
    }

    private void refuse(Refusal e) {
        refusals.merge(e.kind(), 1L, Long::sum);
        if (refusal.filter(r -> r.sentence().equals(e.sentence())).isEmpty()) {
            log.accept("refused: " + e.sentence() + "; version " + intake.version() + " stays");
        }
        refusal = Optional.of(e);
    }

    /** Of what was refused, and hence a hint only. */
    private static long versionOf(byte[] bytes) {
        try {
            return Manifest.parse(Bundle.parse(bytes).signed()).version();
        } catch (Refusal e) {
            return 0;
        }
    }

    /** The host's own file may have changed, and the agent may have something to say. */
    private void look() {
        try {
            lookAround();
        } catch (RuntimeException e) {
            log.accept("a look around ended by a bug: " + e);
        }
    }

    private synchronized void lookAround() {
        var identity = identity(settings.hostPolicy());
        if (!identity.equals(hostFile)) {
            hostFile = identity;
            try {
                if (intake.compose()) {
                    log.accept(settings.hostPolicy() + " was taken into " + files.policyPath());
                }
            } catch (Refusal e) {
                refuse(e);
            }
        }
        var now = current();
        boolean isNews = reported.filter(r -> r.outcome().equals(now.outcome())
                        && r.version() == now.version()
                        && r.inSync() == now.inSync()
                        && r.refused() == now.refused())
                .isEmpty();
        if (isNews || Duration.between(reportedAt, clock.instant()).compareTo(reportEvery) > 0) {
            report();
        }
    }

    private static String identity(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            return "none";
        }
    }

    private Report current() {
        Seen seen = agent.of(files.placedAt(), clock.instant());
        boolean refused = refusal.isPresent();
        return new Report(
                settings.host(),
                settings.role(),
                intake.version(),
                refused ? AgentView.State.REFUSED.word() : seen.state().word(),
                refusal.map(Refusal::sentence).or(seen::why),
                seen.inSync(),
                seen.state() == AgentView.State.PROBATION,
                refusedVersion,
                refusals.values().stream().mapToLong(Long::longValue).sum(),
                clock.instant());
    }

    private void report() {
        var now = current();
        transport.report(now.json());
        reported = Optional.of(now);
        reportedAt = clock.instant();
        reportEvery = REPORT.multipliedBy(80 + ThreadLocalRandom.current().nextInt(40))
                .dividedBy(100);
    }

    @Override
    public void reachable(boolean now) {
        log.accept(now ? "the store answers" : "the store is away; what is in force stays");
        if (now) {
            executor.execute(this::reportAgain);
        }
    }

    private synchronized void reportAgain() {
        heard = clock.instant();
        report();
    }

    /** What Prometheus reads. */
    public synchronized String metrics() {
        var text = new StringBuilder();
        text.append("# HELP portero_fleet_version Version of the fleet's policy that is in place on this host.\n");
        text.append("# TYPE portero_fleet_version gauge\n");
        text.append("portero_fleet_version ").append(intake.version()).append('\n');
        text.append("# HELP portero_fleet_age_seconds Time since the store last said what it holds.\n");
        text.append("# TYPE portero_fleet_age_seconds gauge\n");
        text.append("portero_fleet_age_seconds ")
                .append(Math.max(0, Duration.between(heard, clock.instant()).toSeconds()))
                .append('\n');
        text.append("# HELP portero_fleet_refusals_total Bundles that this host refused, by reason.\n");
        text.append("# TYPE portero_fleet_refusals_total counter\n");
        for (var kind : Kind.values()) {
            text.append("portero_fleet_refusals_total{reason=\"")
                    .append(kind.word())
                    .append("\"} ")
                    .append(refusals.getOrDefault(kind, 0L))
                    .append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        transport.close();
    }
}
