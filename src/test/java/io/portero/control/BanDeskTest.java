package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.bans.BanAudit;
import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.Owner;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.loop.Heartbeat;
import io.portero.loop.ReconcileLoop;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.FakeWatch;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.state.AuditTrail;
import io.portero.state.BackgroundWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order of a command, from the socket to the thread of the loop and back. */
class BanDeskTest {
    private static final Owner JAIL = new Owner("fail2ban:ssh");

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final BackgroundWriter writer = new BackgroundWriter();
    private ReconcileLoop loop;
    private ControlSocket socket;

    @BeforeEach
    void start() throws Exception {
        var file = Files.writeString(directory.resolve("portero.yaml"), """
                groups: { itsp: [203.0.113.0/24] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        var clock = Clock.systemUTC();
        var reconciler = new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(new FakeWatch(), System::nanoTime),
                new FakeHost(),
                Keeping.in(state(), run(), clock, System::nanoTime, writer),
                clock,
                List.of());
        loop = new ReconcileLoop(reconciler, Heartbeat.NONE, e -> {
            throw new AssertionError(e);
        });
        var desk = new BanDesk(loop, writer, new BanAudit(new AuditTrail(state()), clock));
        socket = ControlSocket.open(run(), Map.of(BanTalk.BAN, desk, BanTalk.UNBAN, desk))
                .orElseThrow();
        loop.start();
        loop.awaitFirstPass();
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        loop.close();
        writer.close();
    }

    private Path state() {
        return directory.resolve("state");
    }

    private Path run() {
        return directory.resolve("run");
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private BanReport ask(BanOrder order) {
        return new ControlClient(run())
                .ask(BanTalk.request(order))
                .map(BanTalk::report)
                .orElseThrow();
    }

    private static BanOrder.Make make(List<String> what) {
        return new BanOrder.Make(
                JAIL,
                false,
                false,
                what.stream()
                        .map(w -> new BanOrder.Wanted(range(w), Optional.of(Duration.ofHours(1)), "why"))
                        .toList());
    }

    private String file(String name) {
        try {
            return Files.readString(state().resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void answersAfterTheBanIsInForceOnDiskAndInTheAuditTrail() {
        var report = ask(make(List.of("192.0.2.1", "203.0.113.9", "198.51.100.0/24")));
        assertThat(report.failure()).isEmpty();
        assertThat(report.items())
                .extracting(i -> i.what() + " " + i.result())
                .containsExactly("203.0.113.9 SPARED", "192.0.2.1 DONE", "198.51.100.0/24 DONE");
        assertThat(file("bans")).contains("\t192.0.2.1\tfail2ban:ssh\t", "\t198.51.100.0/24\tfail2ban:ssh\t");
        assertThat(ask(new BanOrder.Lift(Optional.of(JAIL), Optional.empty())).with(BanReport.Result.DONE))
                .hasSize(2);
        assertThat(file("bans")).doesNotContain("192.0.2.1");
        writer.settle(Duration.ofSeconds(10));
        assertThat(file("audit.jsonl"))
                .contains(
                        "\"ban_refused\",\"address\":\"203.0.113.9\"",
                        "\"ban\",\"address\":\"192.0.2.1, 198.51.100.0/24\"")
                .contains("\"unban\"");
    }

    @Test
    void aLongListIsOneRequestOnTheSocket() {
        int commits = firewall.commits().size();
        var report = ask(make(IntStream.range(0, 20_000)
                .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
                .toList()));
        assertThat(report.with(BanReport.Result.DONE)).hasSize(20_000);
        assertThat(firewall.commits()).hasSize(commits + 1);
    }

    @Test
    void reportsWhyNftRefuses() {
        firewall.failCommits(1, new Failure(Failure.Kind.TIMEOUT, "nft hangs"));
        assertThat(ask(make(List.of("192.0.2.1"))).failure()).contains("nft hangs");
    }

    @Test
    void saysThatTheAgentIsBeingStopped() {
        loop.close();
        assertThat(ask(make(List.of("192.0.2.1"))).failure()).contains("the agent is being stopped; try again");
    }
}
