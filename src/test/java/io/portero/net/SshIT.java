package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.lab.CannotBuild;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An administrator edits the policy over the ssh session that the policy decides about. */
class SshIT {
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final String HOST6 = Place.HOST.address(Family.V6);
    private static final String ADMIN = Place.ADMIN.address(Family.V4);
    private static final String ADMIN6 = Place.ADMIN.address(Family.V6);

    private TestLab net;

    @BeforeEach
    void build() {
        net = TestLab.build();
    }

    @AfterEach
    void close() {
        net.close();
    }

    private static String policy(int port, String from) {
        return """
                services:
                  ssh: { ports: [%d/tcp], from: [%s], management: true }
                safety: { confirm-within: 5s }
                agent: { metrics: { host: 127.0.0.1 } }
                """.formatted(port, from);
    }

    /** Edits as an editor in the session does: writes a new file and renames it. */
    private void edit(Child session, PackagedAgent agent, String policy) throws IOException {
        var text = net.lab.directory().resolve("next.yaml");
        Files.writeString(text, policy);
        session.say("cp " + text + " " + agent.file() + ".new && chmod 640 " + agent.file() + ".new && mv "
                + agent.file() + ".new " + agent.file());
    }

    private static void untilLogged(PackagedAgent agent, String what) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(agent.log()).contains(what));
    }

    private void assertAlive(Child session) {
        var sign = net.lab.directory().resolve("sign-of-life");
        session.say("touch " + sign);
        await().atMost(Duration.ofSeconds(5)).until(() -> Files.deleteIfExists(sign));
    }

    @Test
    void refusesAPolicyThatCutsTheOnlySession() throws IOException {
        var sshd = Sshd.start(net.lab, Place.HOST, 22);
        try (var agent = PackagedAgent.start(net.lab, policy(22, ADMIN))) {
            var session = sshd.session(Place.ADMIN, HOST, 22);
            edit(session, agent, policy(22, "203.0.113.77"));
            untilLogged(agent, "safety.lockout-guard");
            assertThat(agent.log())
                    .contains("it would cut off every live management session (" + ADMIN)
                    .contains("add " + ADMIN);
            assertAlive(session);
            assertThat(sshd.login(Place.ADMIN, HOST, 22)).isTrue();
        }
    }

    @Test
    void rollsBackAPolicyThatWouldRefuseTheNextLogin() throws IOException {
        var sshd = Sshd.start(net.lab, Place.HOST, 2222);
        var both = policy(2222, ADMIN + ", \"" + ADMIN6 + "\"");
        try (var agent = PackagedAgent.start(net.lab, both)) {
            var session = sshd.session(Place.ADMIN, HOST6, 2222);
            assertThat(sshd.login(Place.ADMIN, HOST, 2222)).isTrue();
            edit(session, agent, policy(2222, "\"" + ADMIN6 + "\""));
            untilLogged(agent, "on probation");
            assertThat(sshd.login(Place.ADMIN, HOST, 2222)).isFalse();
            untilLogged(agent, "was not confirmed in time and is rolled back");
            await().atMost(Duration.ofSeconds(5)).until(() -> sshd.login(Place.ADMIN, HOST, 2222));
            assertAlive(session);
        }
    }

    @Test
    void theNextLoginConfirmsAPolicy() throws IOException {
        var sshd = Sshd.start(net.lab, Place.HOST, 22);
        var both = policy(22, ADMIN + ", \"" + ADMIN6 + "\"");
        try (var agent = PackagedAgent.start(net.lab, both)) {
            var session = sshd.session(Place.ADMIN, HOST, 22);
            edit(session, agent, policy(22, ADMIN));
            untilLogged(agent, "on probation");
            assertThat(sshd.login(Place.ADMIN, HOST, 22)).isTrue();
            untilLogged(agent, "confirmed by a new management connection");
            assertAlive(session);
            assertThat(sshd.login(Place.ADMIN, HOST6, 22)).isFalse();
            assertThat(Files.readString(net.lab.directory().resolve("state/last-good.yaml")))
                    .isEqualTo(policy(22, ADMIN));
        }
    }

    @Test
    void protectsASessionWithAContainerBehindAPublishedPort() throws IOException, CannotBuild {
        var sshd = Sshd.start(net.lab, Place.CONTAINER, 22);
        net.lab.publish(2200, 22);
        try (var agent = PackagedAgent.start(net.lab, policy(2200, ADMIN))) {
            var session = sshd.session(Place.ADMIN, HOST, 2200);
            edit(session, agent, policy(2200, "203.0.113.77"));
            untilLogged(agent, "it would cut off every live management session (" + ADMIN);
            assertAlive(session);
        }
    }

    /** A tunnel over UDP from the administrator to the host, as OpenVPN makes one; the administrator dials. */
    private void dialTunnel() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "apt-get install socat");
        net.lab.start(
                Place.HOST,
                "tunnel-here",
                List.of("socat", "UDP4-LISTEN:51820", "TUN:10.8.0.1/24,up,tun-name=vpn0,iff-no-pi"));
        // Refused packets would end the other side.
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        !net.output(Place.HOST, "ss", "-Hlun", "sport = 51820").isBlank());
        net.lab.start(
                Place.ADMIN,
                "tunnel-there",
                List.of("socat", "UDP4:" + HOST + ":51820", "TUN:10.8.0.2/24,up,tun-name=vpn1,iff-no-pi"));
    }

    @Test
    void rollsBackAPolicyThatClosesTheTunnelOfTheAdministrator() throws IOException {
        var without = policy(22, "10.8.0.0/24");
        var with = without.replace("safety:", "  vpn: { ports: [51820/udp], from: [any] }\nsafety:");
        var sshd = Sshd.start(net.lab, Place.HOST, 22);
        try (var agent = PackagedAgent.start(net.lab, with)) {
            dialTunnel();
            await().atMost(Duration.ofSeconds(20)).until(() -> sshd.login(Place.ADMIN, "10.8.0.1", 22));
            var session = sshd.session(Place.ADMIN, "10.8.0.1", 22);
            edit(session, agent, without);
            untilLogged(agent, "it may close the tunnel through which you are logged in");
            assertThat(agent.log()).contains(ADMIN + " to 51820/udp, which may carry the tunnel");
            assertThat(sshd.login(Place.ADMIN, "10.8.0.1", 22)).isFalse();
            untilLogged(agent, "was not confirmed in time and is rolled back");
            await().atMost(Duration.ofSeconds(20)).until(() -> sshd.login(Place.ADMIN, "10.8.0.1", 22));
            assertAlive(session);
        }
    }
}
