package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.control.Request.Answer;
import io.portero.drift.DriftWatch;
import io.portero.events.Trigger;
import io.portero.loop.Heartbeat;
import io.portero.loop.ReconcileLoop;
import io.portero.policy.Policy;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.FakeWatch;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.stage.FakeStageTable;
import io.portero.stage.Stage;
import io.portero.stage.StageText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageDeskTest {
    private static final String POLICY = """
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
            """;

    @TempDir
    private Path directory;

    private final FakeStageTable table = new FakeStageTable();
    private final FakeFirewall firewall = new FakeFirewall();
    private ReconcileLoop loop;
    private Reconciler reconciler;
    private ControlSocket socket;

    @BeforeEach
    void start() throws Exception {
        var file = Files.writeString(directory.resolve("portero.yaml"), POLICY);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        var clock = Clock.systemUTC();
        reconciler = new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                table,
                DriftWatch.over(new FakeWatch(), System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of());
        loop = new ReconcileLoop(reconciler, Heartbeat.NONE, e -> {
            throw new AssertionError(e);
        });
        var desk = new StageDesk(loop);
        socket = ControlSocket.open(directory.resolve("run"), Map.of(StageDesk.BEGIN, desk, StageDesk.END, desk))
                .orElseThrow();
        loop.start();
        loop.awaitFirstPass();
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        loop.close();
    }

    private Answer ask(Request request) {
        return new ControlClient(directory.resolve("run")).ask(request).orElseThrow();
    }

    private static Policy parsed(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static Request staging(String text) {
        var stage = Stage.of("next.yaml", text, parsed(POLICY), Instant.now(), Duration.ofHours(1));
        return new Request(StageDesk.BEGIN, Map.of(StageDesk.STAGE, StageText.of(stage)));
    }

    @Test
    void stagesAPolicyAndEndsTheStage() {
        var began = ask(staging(POLICY + "  web: { ports: [443/tcp], from: [any] }\n"));
        assertThat(began.done()).isTrue();
        assertThat(began.says()).startsWith("next.yaml is tried on live traffic without being enforced, until ");
        assertThat(table.loaded).singleElement().asString().contains("staged_admit_web");
        assertThat(reconciler.status().observed().staged()).isPresent();
        assertThat(ask(Request.of(StageDesk.END)))
                .isEqualTo(new Answer(
                        true, "next.yaml is not staged any more", Map.of(ApplyDesk.LINES, "", StageDesk.GAPS, "")));
        assertThat(table.there).isFalse();
        assertThat(ask(Request.of(StageDesk.END))).isEqualTo(new Answer(false, "no policy is staged"));
    }

    @Test
    void reportsEveryProblemOfAnInvalidPolicy() {
        var answer = ask(staging("services: { ssh: { ports: [x], from: [nobody] } }\n"));
        assertThat(answer.done()).isFalse();
        assertThat(answer.words()).containsEntry(ApplyDesk.OUTCOME, ApplyDesk.REFUSED);
        assertThat(answer.words().get(ApplyDesk.LINES))
                .contains("services.ssh.ports")
                .contains("services.ssh.from");
    }

    @Test
    void refusesARequestOfAnotherVersion() {
        assertThat(ask(Request.of(StageDesk.BEGIN)).says()).startsWith("the agent has another version");
    }

    /** Staging is optional, so a bug in it must not stop enforcement. */
    @Test
    void aBugInStagingDoesNotAffectPasses() throws InterruptedException {
        ask(staging(POLICY));
        int commits = firewall.commits().size();
        table.broken = true;
        table.there = false;
        loop.ask(turn -> turn.pass(Trigger.PERIODIC), Duration.ofSeconds(9));
        assertThat(ask(staging(POLICY)).says()).isEqualTo("the agent failed because of a bug; see its log");
        assertThat(reconciler.status().inSync()).isTrue();
        assertThat(firewall.commits()).hasSize(commits);
    }
}
