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
    private Optional<Refused> refused = Optional.empty();
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
        this.heard = clock.instant();
    }

    /**
     * What is not taken at present.
     *
     * @param from where it stands in the store; nothing for the host's own file
     */
    private record Refused(Refusal why, long version, Optional<Transport.Slot> from) {}

    /** Composes what is known already, then listens to the store. */
    public void start() {
        look();
        transport.start(this);
        var _ = executor.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        askLater();
    }

    private void askLater() {
        long millis = ASK.toMillis() * (80 + ThreadLocalRandom.current().nextInt(40)) / 100;
        var _ = executor.schedule(
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
            case NEXT -> {
                next = content;
                if (content.length == 0) {
                    judged.remove(slot);
                    forgive(Optional.of(slot));
                }
            }
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
            refused = Optional.empty();
            if (news) {
                log.accept("version " + intake.version() + " is in place: " + files.policyPath());
                report();
            }
        } catch (Refusal e) {
            if (e.kind() != Kind.LIST) { // a list may come yet
                judged.put(slot, hash);
            }
            refuse(e, versionOf(bytes), Optional.of(slot));
            report();
        }
    }

    /** What was refused there is there no more. */
    private void forgive(Optional<Transport.Slot> from) {
        refused = refused.filter(r -> !r.from().equals(from));
    }

    private void refuse(Refusal e, long version, Optional<Transport.Slot> from) {
        refusals.merge(e.kind(), 1L, Long::sum);
        if (refused.filter(r -> r.why().sentence().equals(e.sentence())).isEmpty()) {
            log.accept("refused: " + e.sentence() + "; version " + intake.version() + " stays");
        }
        refused = Optional.of(new Refused(e, version, from));
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
                boolean isNews = intake.compose();
                forgive(Optional.empty());
                if (isNews) {
                    log.accept(settings.hostPolicy() + " was taken into " + files.policyPath());
                }
            } catch (Refusal e) {
                refuse(e, 0, Optional.empty());
            }
        }
        var now = current();
        boolean isOther = reported.filter(r -> r.outcome().equals(now.outcome())
                        && r.version() == now.version()
                        && r.inSync() == now.inSync()
                        && r.refused() == now.refused())
                .isEmpty();
        if (isOther || Duration.between(reportedAt, clock.instant()).compareTo(reportEvery) > 0) {
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
        return new Report(
                settings.host(),
                settings.role(),
                intake.version(),
                refused.isPresent()
                        ? AgentView.State.REFUSED.word()
                        : seen.state().word(),
                refused.map(r -> r.why().sentence()).or(seen::why),
                seen.inSync(),
                seen.state() == AgentView.State.PROBATION,
                refused.map(Refused::version).orElse(0L),
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
        return FleetMetrics.text(intake.version(), Duration.between(heard, clock.instant()), refusals);
    }

    @Override
    public void close() {
        transport.close();
    }
}
