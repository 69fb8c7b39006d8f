package io.portero.safety;

import static io.portero.safety.Sessions.handshake;
import static io.portero.safety.Sessions.ip;
import static io.portero.safety.Sessions.login;
import static io.portero.safety.Sessions.policy;
import static io.portero.safety.Sessions.ssh;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WayInTest {
    @Test
    void theManagementPortsAreTheTcpPortsOfEnabledManagementServices() {
        var one = policy("""
                services:
                  ssh: { ports: [22/tcp, 22/udp], from: [any], management: true }
                  old: { ports: [2222/tcp], from: [any], management: true, enabled: false }
                  web: { ports: [443/tcp], from: [any] }
                """);
        var other = policy("services: { ssh: { ports: [23/tcp, 9000/tcp], from: [any], management: true } }\n");
        assertThat(WayIn.managementPorts(List.of(one))).hasToString("[22/tcp]");
        assertThat(WayIn.managementPorts(List.of(one, other))).hasToString("[22-23/tcp, 9000/tcp]");
    }

    @Test
    void aSessionOfTheHostItselfIsNotAWayIn() {
        var far = handshake("198.51.100.7", 1);
        assertThat(WayIn.remote(
                        List.of(handshake("127.0.0.1", 1), handshake("127.255.0.1", 1), handshake("::1", 1), far)))
                .containsExactly(far);
        assertThat(WayIn.remote(List.of(handshake("128.0.0.1", 1), handshake("::2", 1))))
                .hasSize(2);
    }

    @Test
    void onlyALoginProvesTheOperator() {
        var open = ssh("any");
        assertThat(WayIn.isProven(open, handshake("198.51.100.7", 1), PastLogins.NONE))
                .isFalse();
        assertThat(WayIn.isProven(open, login("198.51.100.7", 1, "root on pts/0"), PastLogins.NONE))
                .isTrue();
        assertThat(WayIn.isProven(ssh("203.0.113.9"), login("198.51.100.7", 1, "root on pts/0"), PastLogins.NONE))
                .isTrue();
        assertThat(WayIn.proven(
                        List.of(open, ssh("198.51.100.7")), List.of(handshake("198.51.100.7", 1)), PastLogins.NONE))
                .hasSize(1);
        assertThat(WayIn.proven(List.of(open), List.of(handshake("198.51.100.7", 1)), PastLogins.NONE))
                .isEmpty();
    }

    @Test
    void aSourceThatAManagementServiceNamesIsKnownAtItsPort() {
        var named = ssh("198.51.100.7");
        assertThat(WayIn.isNamed(named, handshake("198.51.100.7", 1))).isTrue();
        assertThat(WayIn.isNamed(named, handshake("198.51.100.8", 1))).isFalse();
        var other = new Session(ip("198.51.100.7"), 1, 443, true);
        assertThat(WayIn.isNamed(named, other)).isFalse();
        assertThat(WayIn.isNamed(ssh("198.51.100.7], on: [eth1"), handshake("198.51.100.7", 1)))
                .isFalse();
        assertThat(WayIn.isNamed(ssh("any"), handshake("198.51.100.7", 1))).isFalse();
        var web = policy("""
                services:
                  ssh: { ports: [2222/tcp], from: [any], management: true }
                  shell: { ports: [22/tcp], from: [198.51.100.7] }
                """);
        assertThat(WayIn.isNamed(web, handshake("198.51.100.7", 1))).isFalse();
    }

    @Test
    void theNameOfAPeerThatNeverLogsInProvesNothingWhereOthersDo() {
        var monitored = ssh("198.51.100.7, 203.0.113.9");
        var operator = login("198.51.100.7", 1, "root on pts/0");
        var monitor = handshake("203.0.113.9", 2);
        var shortLogin = handshake("198.51.100.7", 3);
        var sessions = List.of(operator, monitor, shortLogin);
        assertThat(WayIn.proven(List.of(monitored), sessions, PastLogins.of(List.of(), sessions)))
                .containsExactly(operator, shortLogin);
        var elsewhere = new Session(ip("198.51.100.7"), 4, 2222, true);
        assertThat(WayIn.proven(List.of(monitored), sessions, PastLogins.of(List.of(elsewhere), List.of())))
                .isEqualTo(sessions);
    }

    @Test
    void packetsAtATrustedInterfaceAreNotFiltered() {
        var trusting = policy("""
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                trusted-interfaces: ["wg*"]
                """);
        var tunnel = new Session(ip("10.8.0.2"), 1, 22, true, Optional.of("wg0"), List.of("a login"));
        assertThat(WayIn.isJudged(trusting, tunnel)).isFalse();
        assertThat(WayIn.isProven(trusting, tunnel, PastLogins.NONE)).isFalse();
        assertThat(WayIn.isJudged(trusting, handshake("10.8.0.2", 1))).isTrue();
        assertThat(WayIn.isJudged(trusting, new Session(ip("10.8.0.2"), 1, 22, true)))
                .isTrue();
    }
}
