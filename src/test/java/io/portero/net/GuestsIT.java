package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.bans.Owner;
import io.portero.bans.PolicyAtHand;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.guests.Guests;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
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

/** Guests, tested with real packets; the agent runs only when a test makes a pass. */
class GuestsIT {
    private static final String POLICY = """
            groups: { admins: [198.51.100.7, "2001:db8:ad::7"] }
            services:
              ssh:   { ports: [22/tcp],  from: [admins], management: true }
              https: { ports: [443/tcp], from: [admins] }
            """;

    @TempDir
    private Path directory;

    private TestLab net;
    private Path file;
    private Reconciler agent;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.STRANGER);
        for (var port : new int[] {22, 443}) {
            net.lab.from(Place.HOST).listen(Protocol.TCP, port).join();
        }
        file = directory.resolve("portero.yaml");
        policy(POLICY);
        agent = agent();
    }

    @AfterEach
    void stop() {
        net.close();
    }

    private void policy(String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private Reconciler agent() {
        var clock = Clock.systemUTC();
        var started = new Reconciler(
                file,
                new PolicyReader(),
                net.firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of());
        started.pass(Trigger.STARTUP);
        return started;
    }

    private Guests withoutAgent() {
        var state = directory.resolve("state");
        var policy = new PolicyAtHand(new PolicyReader(), new LastGood(new StateDirectory(state)), names -> Map.of());
        return new Guests(net.firewall, policy, state, Clock.systemUTC());
    }

    private static AddressRange stranger(Family family) {
        try {
            return AddressRange.parse(Place.STRANGER.address(family));
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static GuestOrder allow(Family family, int seconds) {
        return new GuestOrder.Allow("ssh", stranger(family), Owner.HAND, Duration.ofSeconds(seconds), "to look");
    }

    private static GuestOrder end(Family family) {
        return new GuestOrder.End(stranger(family), Optional.empty(), Optional.empty(), Owner.HAND);
    }

    private static void assertDone(GuestReport report) {
        assertThat(report.failure()).isEmpty();
        assertThat(report.guests()).hasSize(1);
    }

    private Reach reach(Family family, int port, Duration patience) {
        return net.lab
                .from(Place.STRANGER)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), port, patience)
                .join();
    }

    private void assertSsh(Reach expected) {
        for (var family : Family.values()) {
            assertThat(reach(family, 22, expected == Reach.OPEN ? TestLab.PATIENCE : TestLab.A_MOMENT))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aGuestReachesOneServiceThroughApplyDeletionAndRestartUntilDisallow() throws IOException {
        assertSsh(Reach.SILENT);
        for (var family : Family.values()) {
            assertDone(agent.order(allow(family, 600)));
        }
        assertSsh(Reach.OPEN);
        assertThat(reach(Family.V4, 443, TestLab.A_MOMENT)).isEqualTo(Reach.SILENT);

        policy(POLICY.replace("443/tcp", "444/tcp"));
        agent.pass(Trigger.FILE);
        assertSsh(Reach.OPEN);

        net.nft(Place.HOST, "delete table inet portero\n");
        agent.pass(Trigger.PERIODIC);
        assertSsh(Reach.OPEN);

        net.nft(Place.HOST, "delete table inet portero\n");
        agent = agent(); // as after a reboot
        assertSsh(Reach.OPEN);

        net.nft(
                Place.HOST,
                "flush set inet portero service_ssh.guests_v4\nadd element inet portero"
                        + " service_ssh.guests_v6 { 2001:db8:bad::/48 }\n");
        agent.pass(Trigger.PERIODIC);
        assertSsh(Reach.OPEN);
        assertThat(net.output(Place.HOST, "nft", "list", "set", "inet", "portero", "service_ssh.guests_v6"))
                .doesNotContain("bad")
                .contains("guest by hand, to look");

        for (var family : Family.values()) {
            assertDone(agent.order(end(family)));
        }
        assertSsh(Reach.SILENT);
        agent.pass(Trigger.PERIODIC);
        assertSsh(Reach.SILENT);
    }

    @Test
    void theKernelEndsTheAccessOfAGuestWithoutTheAgent() {
        assertDone(agent.order(allow(Family.V4, 2)));
        assertThat(reach(Family.V4, 22, TestLab.PATIENCE)).isEqualTo(Reach.OPEN);
        await().atMost(TestLab.PATIENCE).until(() -> reach(Family.V4, 22, TestLab.A_MOMENT) == Reach.SILENT);
    }

    @Test
    void aBannedGuestHasNoAccess() {
        assertDone(agent.order(allow(Family.V4, 600)));
        net.nft(
                Place.HOST,
                "add element inet portero banned_v4 { " + Place.STRANGER.address(Family.V4) + " timeout 1h }\n");
        assertThat(reach(Family.V4, 22, TestLab.A_MOMENT)).isEqualTo(Reach.SILENT);
    }

    @Test
    void withoutAnAgentACommandAddsAGuestAndTheNextAgentKnowsIt() {
        var command = withoutAgent();
        assertDone(command.order(file, allow(Family.V6, 600), () -> false));
        assertThat(reach(Family.V6, 22, TestLab.PATIENCE)).isEqualTo(Reach.OPEN);
        net.nft(Place.HOST, "delete table inet portero\n");
        agent = agent();
        assertThat(reach(Family.V6, 22, TestLab.PATIENCE)).isEqualTo(Reach.OPEN);
        assertDone(command.order(file, end(Family.V6), () -> false));
        assertThat(reach(Family.V6, 22, TestLab.A_MOMENT)).isEqualTo(Reach.SILENT);
    }
}
