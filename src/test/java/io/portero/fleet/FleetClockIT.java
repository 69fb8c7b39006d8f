package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.fleet.nats.NatsStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that are wrong by a day, and a host that sleeps for a month: a real nats-server, and bundles for 30 days. */
class FleetClockIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path base = Path.of("");

    /** How far the host's clock is ahead; it may jump. */
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    private final Clock clock = Clock.systemUTC();

    private NatsServers servers;
    private TestFleet fleet;
    private OperatorStore store;
    private Optional<TestHost> host = Optional.empty();

    @BeforeEach
    void aStoreRuns() throws Exception {
        servers = NatsServers.start(base, 1, "");
        fleet = new TestFleet(base, "voice1");
        lasts("30d");
        store = NatsStore.open(servers.settings());
    }

    @AfterEach
    void end() throws Exception {
        host.ifPresent(TestHost::close);
        store.close();
        servers.close();
    }

    private void lasts(String days) throws Exception {
        Files.writeString(
                fleet.directory.resolve("fleet.yaml"),
                "fleet: example\nexpires: " + days + "\nhosts: { voice1: { role: voice } }\n");
    }

    /** A clock of the host that can be moved while it runs. */
    private final class Moving extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return clock.instant().plus(ahead.get());
        }
    }

    private TestHost start() throws Exception {
        var started = TestHost.at(new Moving(), base, "voice1", servers.settings(), fleet.allowed, fleet.keys.keygen());
        host = Optional.of(started);
        return started;
    }

    /** Signs a version at a time of the operator's clock, and pushes it. */
    private void push(Duration later, int port) throws Exception {
        fleet.policy(port);
        new Signing(fleet.signed(), fleet.keys.keygen(), Clock.offset(clock, later))
                .fleet(fleet.read(), fleet.keys.of("alice"), Optional.empty());
        fleet.push(store);
    }

    private Report reported(String inWhy) throws Exception {
        await().atMost(PATIENCE)
                .until(() -> Optional.ofNullable(store.reports().get("voice1"))
                        .flatMap(Report::why)
                        .filter(w -> w.contains(inWhy))
                        .isPresent());
        return store.reports().get("voice1");
    }

    @Test
    void aHostWhoseClockIsADayBehindTakesWhatWasSignedTomorrow() throws Exception {
        ahead.set(Duration.ofDays(-1));
        var behind = start();
        push(Duration.ZERO, 5060);
        await().atMost(PATIENCE).until(() -> behind.has(1));
        await().atMost(PATIENCE).until(() -> store.reports().containsKey("voice1"));
        assertThat(Duration.between(store.reports().get("voice1").at(), Instant.now())
                        .abs())
                .as("the time is the store's")
                .isLessThan(Duration.ofMinutes(1));
        assertThat(behind.log).noneMatch(l -> l.startsWith("refused"));
    }

    @Test
    void aHostWhoseClockIsADayAheadRefusesOnlyWhatIsOverThen() throws Exception {
        ahead.set(Duration.ofDays(1));
        var early = start();
        push(Duration.ZERO, 5060);
        await().atMost(PATIENCE).until(() -> early.has(1));
        lasts("1d");
        push(Duration.ZERO, 5070);
        var report = reported("expired");
        assertThat(report.why().orElse(""))
                .matches("version 2 expired at \\S+; sign and push a new one, or correct this host's clock");
        assertThat(report.outcome()).isEqualTo("refused");
        assertThat(early.has(1)).isTrue();
        ahead.set(Duration.ZERO); // the clock is corrected; the host looks at it again with its next request
        Files.writeString(fleet.allowed, Files.readString(fleet.allowed) + "# touched\n");
        await().atMost(PATIENCE).until(() -> early.has(2));
    }

    @Test
    void aHostThatSleptForAMonthKeepsItsPolicySaysSoAndTakesTheNextPush() throws Exception {
        var asleep = start();
        push(Duration.ZERO, 5060);
        await().atMost(PATIENCE).until(() -> asleep.has(1));
        asleep.close();
        push(Duration.ofDays(1), 5070); // it misses this one, which is over when it wakes
        ahead.set(Duration.ofDays(32));
        var awake = start();
        var report = reported("expired");
        assertThat(report.why().orElse("")).startsWith("version 2 expired at ");
        assertThat(report.version()).isEqualTo(1);
        assertThat(awake.has(1)).as("what is in force stays").isTrue();
        push(Duration.ofDays(32), 5080);
        await().atMost(PATIENCE).until(() -> awake.has(3));
        await().atMost(PATIENCE).until(() -> store.reports().get("voice1").isGood());
    }

    @Test
    void aBundleThatExpiresWhileItIsInForceStaysAndIsReported() throws Exception {
        var running = start();
        push(Duration.ZERO, 5060);
        await().atMost(PATIENCE).until(() -> running.has(1));
        ahead.set(Duration.ofDays(31));
        var report = reported("expired");
        assertThat(report.why().orElse(""))
                .matches("version 1 expired at \\S+ and stays in force; sign and push a new one");
        assertThat(report.isGood()).as("its policy is well").isTrue();
        assertThat(running.has(1)).isTrue();
        push(Duration.ofDays(31), 5070);
        await().atMost(PATIENCE).until(() -> running.has(2));
    }
}
