package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StageChange;
import io.portero.compile.StageCompiler;
import io.portero.compile.StagedGolden;
import io.portero.compile.StagedRules;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;
import io.portero.stage.Stage;
import io.portero.stage.StageResult;
import io.portero.stage.StageTable.Differences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Staged policies, tested with real packets of a stranger. */
class StageIT {
    private static final String OPEN = policy("any");
    private static final String CLOSED = policy("203.0.113.9");

    @TempDir
    private Path directory;

    private final List<Event> events = new ArrayList<>();
    private TestLab net;

    private static String policy(String from) {
        return """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [%s] }
                  web: { ports: [443/tcp], from: [any] }
                """.formatted(from);
    }

    @BeforeEach
    void start() {
        net = TestLab.build(Place.HOST, Place.STRANGER);
        net.lab.from(Place.HOST).listen(Protocol.TCP, 443).join();
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
    }

    @AfterEach
    void stop() {
        net.close();
    }

    private static StagedRules rules(String inForce, String staged, Duration time) {
        return StageCompiler.compile(TestLab.policy(inForce), TestLab.policy(staged), AddressSet.EMPTY, time);
    }

    private void load(String script) {
        assertThat(net.stage.load(script)).isEmpty();
    }

    private boolean comesThrough() {
        return net.lab
                        .from(Place.STRANGER)
                        .reach(
                                Protocol.UDP,
                                Place.STRANGER.address(Family.V4),
                                Place.HOST.address(Family.V4),
                                5060,
                                TestLab.A_MOMENT)
                        .join()
                == Reach.OPEN;
    }

    private long counted(StageChange change) {
        return switch (net.stage.read()) {
            case Reading.Of<Differences>(Differences found) ->
                found.counters().getOrDefault(change.counter("sip"), Count.ZERO).packets();
            case Reading.Failed<Differences>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    @Test
    void packetsThatPassAreCountedAndStillPass() {
        net.enforce(TestLab.policy(OPEN));
        load(rules(OPEN, CLOSED, Duration.ofHours(1)).script());
        assertThat(comesThrough()).isTrue();
        assertThat(counted(StageChange.DROP)).isPositive();
        assertThat(counted(StageChange.ADMIT)).isZero();
    }

    @Test
    void droppedPacketsAreCountedAndStillDropped() {
        net.enforce(TestLab.policy(CLOSED));
        load(rules(CLOSED, OPEN, Duration.ofHours(1)).script());
        assertThat(comesThrough()).isFalse();
        assertThat(counted(StageChange.ADMIT)).isPositive();
        assertThat(counted(StageChange.DROP)).isZero();
    }

    @Test
    void theKernelEndsAStageWithoutTheAgent() {
        net.enforce(TestLab.policy(OPEN));
        load(rules(OPEN, CLOSED, Duration.ofSeconds(2)).script());
        await().atMost(TestLab.PATIENCE).pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(comesThrough()).isTrue();
        assertThat(counted(StageChange.DROP)).isZero();
    }

    @Test
    void aRenewalKeepsTheCountersAndReplacesTheRules() {
        net.enforce(TestLab.policy(OPEN));
        var first = rules(OPEN, CLOSED, Duration.ofHours(1));
        load(first.script());
        comesThrough();
        long before = counted(StageChange.DROP);
        var second = rules(OPEN, policy("198.51.100.1"), Duration.ofHours(1));
        load(second.scriptAfter(first));
        assertThat(counted(StageChange.DROP)).isEqualTo(before);
        comesThrough();
        assertThat(counted(StageChange.DROP)).isGreaterThan(before);
        load(rules(OPEN, OPEN, Duration.ofHours(1)).scriptAfter(second));
        long last = counted(StageChange.DROP);
        comesThrough();
        assertThat(counted(StageChange.DROP)).isEqualTo(last);
    }

    @Test
    void nftAcceptsEveryGolden() throws IOException {
        for (var golden : StagedGolden.all().toList()) {
            load(golden.script());
            assertThat(net.stage.read()).as(golden.toString()).isInstanceOf(Reading.Of.class);
        }
        assertThat(net.stage.clear()).isEmpty();
        assertThat(net.stage.clear()).isEmpty();
        assertThat(net.stage.isThere()).isEqualTo(new Reading.Of<>(false));
    }

    private Path file(String text) throws IOException {
        var file = Files.writeString(directory.resolve("portero.yaml"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private Reconciler agent(Path file) {
        var clock = Clock.systemUTC();
        return new Reconciler(
                file,
                new PolicyReader(),
                net.firewall,
                net.stage,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of((event, status) -> events.add(event)));
    }

    @Test
    void aStageFollowsThePolicyInForceSurvivesARestartAndIsNoDrift() throws IOException {
        var agent = agent(file(OPEN));
        agent.pass(Trigger.STARTUP);
        var stage = Stage.of("next.yaml", CLOSED, TestLab.policy(CLOSED), Instant.now(), Duration.ofHours(1));
        assertThat(agent.stage(stage)).isInstanceOf(StageResult.Done.class);
        comesThrough();
        assertThat(counted(StageChange.DROP)).isPositive();
        assertThat(agent.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);

        file(CLOSED);
        assertThat(agent.pass(Trigger.FILE)).isNotEqualTo(PassResult.FAILED);
        long before = counted(StageChange.DROP);
        assertThat(comesThrough()).isFalse();
        assertThat(counted(StageChange.DROP)).isEqualTo(before);

        var next = agent(file(OPEN));
        next.pass(Trigger.STARTUP);
        comesThrough();
        assertThat(counted(StageChange.DROP)).isPositive();
        assertThat(next.status().observed().staged()).isPresent();
        assertThat(next.endStage()).isInstanceOf(StageResult.Done.class);
        assertThat(net.stage.isThere()).isEqualTo(new Reading.Of<>(false));
        assertThat(events).noneMatch(e -> e instanceof Event.DriftFound);
    }
}
