package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.control.Request.Answer;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.loop.Heartbeat;
import io.portero.loop.ReconcileLoop;
import io.portero.names.Answers;
import io.portero.policy.Reference.HostName;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyDeskTest {
    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private Path file;
    private Keeping keeping;
    private ReconcileLoop loop;
    private ControlSocket socket;

    @BeforeEach
    void start() throws Exception {
        file = directory.resolve("portero.yaml");
        write("any");
        keeping = Keeping.in(directory.resolve("state"), directory.resolve("run"), Clock.systemUTC(), System::nanoTime);
        var reconciler = new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                keeping,
                Clock.systemUTC(),
                List.of());
        loop = new ReconcileLoop(reconciler, Heartbeat.NONE, died -> {});
        loop.start();
        loop.awaitFirstPass();
        var desk = new ApplyDesk(file, loop, Duration.ofSeconds(2));
        socket = ControlSocket.open(directory.resolve("run"), Map.of(ApplyDesk.VERB, desk))
                .orElseThrow();
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        loop.close();
    }

    private void write(String webFrom) throws IOException {
        text("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  web: { ports: [443/tcp], from: [%s] }
                """.formatted(webFrom));
    }

    private void text(String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private Answer apply(Map<String, String> words) {
        return new ControlClient(directory.resolve("run"))
                .ask(new Request(ApplyDesk.VERB, words))
                .orElseThrow();
    }

    private Answer apply() {
        return apply(Map.of());
    }

    @Test
    void saysWhetherAnythingChanged() throws IOException {
        assertThat(apply().says()).startsWith("unchanged: ").contains(file.toString());
        write("192.0.2.1");
        assertThat(apply())
                .matches(Answer::done)
                .extracting(Answer::says)
                .asString()
                .startsWith("applied: ");
        assertThat(apply().says()).startsWith("unchanged: ");
    }

    @Test
    void distinguishesARefusalFromAFailureAndShowsEveryProblem() throws IOException {
        text("services: { a: { ports: [x], from: [any] }, b: { ports: [22/tcp], from: [nobdy] } }\n");
        var refused = apply();
        assertThat(refused.done()).isFalse();
        assertThat(refused.words()).containsEntry(ApplyDesk.OUTCOME, ApplyDesk.REFUSED);
        assertThat(refused.words().get(ApplyDesk.LINES).lines())
                .hasSizeGreaterThan(1)
                .allMatch(l -> l.startsWith(file.toString()));
        write("192.0.2.1");
        firewall.failCommits(2, new Failure(Failure.Kind.REJECTED, "no"));
        var failed = apply();
        assertThat(failed.done()).isFalse();
        assertThat(failed.words()).doesNotContainKey(ApplyDesk.OUTCOME);
        assertThat(failed.says()).contains("could not be put in force").contains("goes on trying");
    }

    @Test
    void saysThatThePolicyIsOnProbation() throws IOException {
        text("services: { ssh: { ports: [22/tcp], from: [192.0.2.1], management: true } }\n");
        assertThat(apply())
                .matches(Answer::done)
                .extracting(Answer::says)
                .asString()
                .contains("on probation");
        assertThat(apply().says()).startsWith("unchanged").contains("on probation");
    }

    @Test
    void appliesOnlyItsOwnFileThroughAnyPath() throws IOException {
        var link = Files.createSymbolicLink(directory.resolve("link.yaml"), file);
        assertThat(apply(Map.of(ApplyDesk.FILE, link.toString())).done()).isTrue();
        var other = Files.writeString(directory.resolve("other.yaml"), "services: {}\n");
        var answer = apply(Map.of(ApplyDesk.FILE, other.toString()));
        assertThat(answer.done()).isFalse();
        assertThat(answer.says()).contains(other.toString(), file.toString(), "systemctl stop portero");
    }

    @Test
    void waitsForTheFirstAddressesOfHostNames() throws Exception {
        write("carrier.example");
        var follower = Thread.ofVirtual().start(() -> {
            while (keeping.names().takeDue().isEmpty()) {
                Thread.onSpinWait();
            }
            keeping.names().learn(name(), Answers.failed());
            loop.trigger(Trigger.DNS);
        });
        assertThat(apply())
                .matches(Answer::done)
                .extracting(Answer::says)
                .asString()
                .startsWith("applied: ");
        follower.join();
    }

    private static HostName name() {
        return new HostName("carrier.example");
    }

    @Test
    void saysThatNamesHaveNoAddressesYet() throws IOException {
        write("carrier.example");
        assertThat(apply().says()).contains("waits for the first DNS answers");
    }

    @Test
    void givesUpWhenTheLoopIsBusyForTooLong() throws Exception {
        var release = new CountDownLatch(1);
        var busy = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try {
                loop.ask(
                        turn -> {
                            busy.countDown();
                            return awaited(release);
                        },
                        Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await();
        assertThat(apply().says()).contains("has not started this within 2 seconds");
        release.countDown();
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
