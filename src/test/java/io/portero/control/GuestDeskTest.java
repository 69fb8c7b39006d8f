package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.bans.Owner;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.guests.GuestAudit;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order of a command, from the socket to the thread of the loop and back. */
class GuestDeskTest {
    private static final Owner ANN = new Owner("ann");

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
        var desk = new GuestDesk(loop, writer, new GuestAudit(new AuditTrail(state()), clock));
        socket = ControlSocket.open(run(), Map.of(GuestTalk.ALLOW, desk, GuestTalk.DISALLOW, desk))
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

    private GuestReport ask(GuestOrder order) {
        return new ControlClient(run())
                .ask(GuestTalk.request(order))
                .map(GuestTalk::report)
                .orElseThrow();
    }

    private static GuestOrder allow(String service) {
        return new GuestOrder.Allow(service, range("192.0.2.7"), ANN, Duration.ofHours(1), "mends the disk");
    }

    private static GuestOrder end() {
        return new GuestOrder.End(range("192.0.2.7"), Optional.empty(), Optional.empty(), Owner.HAND);
    }

    private String file(String name) {
        try {
            return Files.readString(state().resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void answersAfterTheGuestIsInForceOnDiskAndInTheAuditTrail() {
        var report = ask(allow("sip"));
        assertThat(report.failure()).isEmpty();
        assertThat(report.guests()).singleElement().hasToString("192.0.2.7 to sip by ann");
        assertThat(file("guests")).contains("\tsip\t192.0.2.7\tann\tmends the disk");
        assertThat(ask(end()).guests()).hasSize(1);
        assertThat(file("guests")).isEmpty();
        writer.settle(Duration.ofSeconds(10));
        assertThat(file("audit.jsonl"))
                .contains(
                        "\"allow\",\"address\":\"192.0.2.7\",\"service\":\"sip\"",
                        "\"by\":\"ann\",\"why\":\"mends the disk\"",
                        "\"disallow\"");
    }

    @Test
    void reportsWhyAnOrderIsNotPossible() {
        assertThat(ask(allow("ssh")).failure()).contains("ssh admits everybody, so it has no guests; nothing was done");
        firewall.failCommits(1, new Failure(Failure.Kind.TIMEOUT, "nft hangs"));
        assertThat(ask(allow("sip")).failure()).contains("nft hangs");
        assertThat(state().resolve("guests")).doesNotExist();
        loop.close();
        assertThat(ask(end()).failure()).contains("the agent is being stopped; try again");
    }
}
