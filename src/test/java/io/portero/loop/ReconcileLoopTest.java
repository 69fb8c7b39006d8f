package io.portero.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.ReconcileListener;
import io.portero.events.Trigger;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;
import io.portero.state.AuditTrail;
import io.portero.state.AuditVerdict;
import io.portero.state.BackgroundWriter;
import io.portero.state.DiskWriter;
import io.portero.status.AuditListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileLoopTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final AtomicReference<Throwable> died = new AtomicReference<>();
    private final AtomicReference<Throwable> toThrow = new AtomicReference<>();
    private final AtomicLong now = new AtomicLong();
    private final Pulse pulse = new Pulse(Heartbeat.NONE, now::get);
    private final CountDownLatch diskComesBack = new CountDownLatch(1);
    private Reconciler reconciler;
    private ReconcileLoop loop;

    @BeforeEach
    void policy() throws IOException {
        write("[any]");
    }

    @AfterEach
    void stop() {
        diskComesBack.countDown();
        loop.close();
    }

    private void write(String from) throws IOException {
        var file = directory.resolve("portero.yaml");
        Files.writeString(file, """
                services:
                  ssh: { ports: [22/tcp], from: %s, management: true }
                safety: { lockout-guard: false }
                """.formatted(from));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void start(DiskWriter writer, ReconcileListener... more) {
        var listeners = List.of(more);
        reconciler = new Reconciler(
                directory.resolve("portero.yaml"),
                new PolicyReader(),
                new BeatingFirewall(firewall, raising()),
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(
                        directory.resolve("state"),
                        directory.resolve("run"),
                        Clock.systemUTC(),
                        System::nanoTime,
                        writer),
                Clock.systemUTC(),
                listeners);
        loop = new ReconcileLoop(reconciler, pulse, died::set);
        loop.start();
        await().atMost(LONG).until(() -> reconciler.status().inSync());
    }

    private Heartbeat raising() {
        return new Heartbeat() {
            @Override
            public Optional<Duration> every() {
                return Optional.empty();
            }

            @Override
            public void beat() {
                pulse.beat();
                raise();
            }
        };
    }

    private void raise() {
        switch (toThrow.getAndSet(null)) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case null, default -> {}
        }
    }

    private long commits() {
        return firewall.commits().size();
    }

    @Test
    void anErrorInAPassIsReportedSoThatTheProcessCanEnd() {
        start(DiskWriter.atOnce());
        var error = new OutOfMemoryError("as in a test");
        toThrow.set(error);
        loop.trigger(Trigger.SIGNAL);
        await().atMost(LONG).until(() -> died.get() != null);
        assertThat(died.get()).isSameAs(error);
    }

    @Test
    void anExceptionInAPassDoesNotEndTheLoop() throws IOException {
        start(DiskWriter.atOnce());
        toThrow.set(new IllegalStateException("as in a test"));
        loop.trigger(Trigger.SIGNAL);
        await().atMost(LONG).until(() -> toThrow.get() == null);
        long before = commits();
        write("[192.0.2.1]");
        loop.trigger(Trigger.FILE);
        await().atMost(LONG).until(() -> commits() > before);
        assertThat(died.get()).isNull();
    }

    @Test
    void thePulseShowsAHangingLoop() {
        var hanging = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        start(DiskWriter.atOnce(), (event, status) -> {
            if (commits() > 0 && now.get() > 0) {
                entered.countDown();
                hang(hanging);
            }
        });
        assertThat(pulse.isAlive()).isTrue();
        now.set(1);
        loop.trigger(Trigger.SIGNAL);
        await().atMost(LONG).until(() -> entered.getCount() == 0);
        now.set(Pulse.LONGEST_SILENCE.toNanos() + 10);
        assertThat(pulse.isAlive()).isFalse();
        hanging.countDown();
        await().atMost(LONG).until(pulse::isAlive);
    }

    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aProbationEndsEvenIfAnotherProgramTriggersPassesAllTheTime() throws Exception {
        start(DiskWriter.atOnce());
        var over = new AtomicBoolean();
        var program = Thread.ofPlatform().daemon().start(() -> {
            while (!over.get()) {
                loop.trigger(Trigger.DNS);
                Thread.yield();
            }
        });
        write("[192.0.2.1]");
        loop.trigger(Trigger.FILE);
        await().atMost(LONG).until(reconciler::onProbation);
        Files.createDirectories(directory.resolve("run"));
        Files.createFile(directory.resolve("run/rollback"));
        await().atMost(LONG).until(() -> !reconciler.onProbation());
        over.set(true);
        program.join();
    }

    @Test
    void executesRequestsBetweenPassesAndAnswers() throws Exception {
        start(DiskWriter.atOnce());
        assertThat(loop.ask(turn -> Thread.currentThread().getName(), LONG)).isEqualTo(new Reply.Done<>("reconcile"));
        write("[192.0.2.1]");
        assertThat(loop.ask(turn -> turn.pass(Trigger.FILE), LONG)).isEqualTo(new Reply.Done<>(PassResult.UNVERIFIED));
    }

    @Test
    void aRequestThatDoesNotStartInTimeIsNeverExecuted() throws Exception {
        start(DiskWriter.atOnce());
        var release = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var done = new AtomicBoolean();
        var first = Thread.ofPlatform().start(() -> {
            try {
                loop.ask(
                        turn -> {
                            begun.countDown();
                            hang(release);
                            return 0;
                        },
                        LONG);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        assertThat(loop.ask(turn -> done.getAndSet(true), Duration.ofMillis(10)))
                .isEqualTo(new Reply.Late<>(false));
        release.countDown();
        first.join();
        assertThat(loop.ask(turn -> 1, LONG)).isEqualTo(new Reply.Done<>(1));
        assertThat(done).isFalse();
    }

    @Test
    void aFailingRequestFailsOnlyForItsCaller() throws Exception {
        start(DiskWriter.atOnce());
        assertThatThrownBy(() -> loop.ask(
                        turn -> {
                            throw new IllegalArgumentException("as in a test");
                        },
                        LONG))
                .hasRootCauseMessage("as in a test");
        assertThat(loop.ask(turn -> 1, LONG)).isEqualTo(new Reply.Done<>(1));
        assertThat(died.get()).isNull();
        loop.close();
        assertThat(loop.ask(turn -> 1, LONG)).isEqualTo(new Reply.Stopping<>());
    }

    @Test
    void enforcesWhileTheDiskHangs() throws Exception {
        var audit = new AuditTrail(directory.resolve("state"));
        try (var writer = new BackgroundWriter()) {
            start(writer, new AuditListener(audit, Clock.systemUTC(), writer));
            assertThat(writer.settle(LONG)).isEmpty();
            writer.later(() -> {
                hang(diskComesBack);
                return Optional.empty();
            });
            for (int i = 1; i <= 20; i++) {
                write("[192.0.2." + i + "]"); // the first apply waits two seconds for its mark to reach the disk
                assertThat(loop.ask(turn -> turn.pass(Trigger.FILE), LONG)).isInstanceOf(Reply.Done.class);
            }
            assertThat(reconciler.status().inSync()).isTrue();
            assertThat(Files.readString(directory.resolve("state/last-good.yaml")))
                    .contains("[any]");
            diskComesBack.countDown();
            await().atMost(LONG).until(() -> writer.settle(LONG).isEmpty());
        }
        assertThat(audit.lines().stream().filter(l -> l.contains("\"apply\"")).count())
                .isGreaterThanOrEqualTo(21);
        assertThat(audit.verify()).isInstanceOf(AuditVerdict.Whole.class);
        assertThat(directory.resolve("state/unconfirmed")).exists();
    }
}
