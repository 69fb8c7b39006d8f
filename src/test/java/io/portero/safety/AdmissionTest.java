package io.portero.safety;

import static io.portero.safety.Sessions.handshake;
import static io.portero.safety.Sessions.ip;
import static io.portero.safety.Sessions.login;
import static io.portero.safety.Sessions.policy;
import static io.portero.safety.Sessions.ssh;
import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Flow;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.safety.Admission.Decision.Admit;
import io.portero.safety.Admission.Decision.Refuse;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
    private static final Session HERE = login("198.51.100.7", 1, "root on pts/0");
    private static final Policy WIDE = ssh("198.51.100.0/24");
    private static final Policy NARROW = ssh("198.51.100.7");
    private static final Policy ELSEWHERE = ssh("203.0.113.9");

    @TempDir
    private Path directory;

    private final List<Session> sessions = new ArrayList<>();
    private int asked;
    private RememberedPeers peers;
    private Admission admission;

    @BeforeEach
    void make() {
        peers = new RememberedPeers(new StateDirectory(directory), Clock.systemUTC());
        admission = new Admission(host(), peers, ip("192.0.2.9")::equals);
    }

    private HostView host() {
        return new HostView() {
            @Override
            public List<Session> sessions(List<PortRange> ports) {
                asked++;
                return sessions.stream()
                        .filter(s -> ports.stream().anyMatch(p -> p.first() <= s.port() && s.port() <= p.last()))
                        .toList();
            }

            @Override
            public List<Flow> flows() {
                return List.of();
            }

            @Override
            public SortedSet<Integer> sshPorts() {
                return new TreeSet<>();
            }
        };
    }

    private static Policy with(String from, String safety) {
        return policy("services: { ssh: { ports: [22/tcp], from: [%s], management: true } }\nsafety: { %s }\n"
                .formatted(from, safety));
    }

    private Admission.Decision decide(Policy next, Policy confirmed) {
        return admission.decide(next, Optional.of(confirmed), Optional.of(confirmed));
    }

    @Test
    void doesNotReadTheHostWhenNobodyLosesAWayIn() {
        assertThat(decide(WIDE, WIDE)).isEqualTo(new Admit(false, List.of()));
        assertThat(decide(WIDE, NARROW)).isEqualTo(new Admit(false, List.of()));
        assertThat(asked).isZero();
    }

    @Test
    void readsTheHostWhenTheKernelHasOtherRules() {
        sessions.add(HERE);
        assertThat(admission.decide(WIDE, Optional.of(NARROW), Optional.empty()))
                .isEqualTo(new Admit(false, List.of()));
        assertThat(asked).isOne();
    }

    @Test
    void aNarrowerPolicyIsOnProbationAndAPolicyThatCutsEverybodyIsRefused() {
        sessions.add(HERE);
        assertThat(decide(NARROW, WIDE)).isEqualTo(new Admit(true, List.of()));
        assertThat(decide(ELSEWHERE, WIDE))
                .isInstanceOfSatisfying(
                        Refuse.class,
                        refused -> assertThat(refused.why())
                                .isEqualTo(
                                        "it would cut off every live management session (198.51.100.7 to 22/tcp);"
                                                + " add 198.51.100.7 to services.ssh.from, or set safety.lockout-guard: false"));
        sessions.add(login("203.0.113.9", 2, "root on pts/1"));
        assertThat(decide(ELSEWHERE, WIDE))
                .isEqualTo(new Admit(true, List.of("it cuts off management sessions: 198.51.100.7 to 22/tcp")));
    }

    @Test
    void recentManagementPeersCountWhenNobodyIsConnected() {
        peers.see(List.of(HERE));
        assertThat(decide(ELSEWHERE, WIDE))
                .isInstanceOfSatisfying(
                        Refuse.class,
                        refused -> assertThat(refused.why())
                                .startsWith("it would shut out everybody who managed this host in the last 30 days ("));
        peers.see(List.of(login("203.0.113.9", 2, "x")));
        assertThat(decide(ELSEWHERE, WIDE)).as("no warning of who is not here").isEqualTo(new Admit(true, List.of()));
    }

    @Test
    void withoutAConfirmedPolicyThereIsNoProbation() {
        sessions.add(HERE);
        assertThat(admission.decide(NARROW, Optional.empty(), Optional.empty())).isEqualTo(new Admit(false, List.of()));
        assertThat(admission.decide(ELSEWHERE, Optional.empty(), Optional.empty()))
                .isInstanceOf(Refuse.class);
    }

    @Test
    void theSettingsControlProbationAndGuard() {
        sessions.add(HERE);
        assertThat(decide(with("198.51.100.7", "confirm: never"), WIDE)).isEqualTo(new Admit(false, List.of()));
        assertThat(decide(with("198.51.100.0/24", "confirm: always"), NARROW)).isEqualTo(new Admit(true, List.of()));
        assertThat(decide(with("203.0.113.9", "lockout-guard: false"), WIDE)).isEqualTo(new Admit(true, List.of()));
    }

    @Test
    void aLoginOnAnUnfilteredInterfaceKeepsItsWayIn() {
        var trusting = "services: { ssh: { ports: [22/tcp], from: [203.0.113.9], management: true } }\n"
                + "trusted-interfaces: [\"wg*\"]\n";
        sessions.add(HERE);
        sessions.add(new Session(ip("10.8.0.2"), 1, 22, true, Optional.of("wg0"), List.of()));
        assertThat(decide(policy(trusting), WIDE)).isInstanceOf(Refuse.class);
        sessions.add(new Session(ip("10.8.0.2"), 2, 22, true, Optional.of("wg0"), List.of("root on pts/3")));
        assertThat(decide(policy(trusting), WIDE)).isEqualTo(new Admit(true, List.of()));
    }

    @Test
    void aPortThatOnlyTheNextPolicyMarksAsManagementCountsToo() {
        var both = policy("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  web: { ports: [443/tcp], from: [any] }
                """);
        var moved = policy("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  web: { ports: [443/tcp], from: [any], management: true }
                """);
        decide(moved, both);
        assertThat(asked).isOne();
    }

    @Test
    void sessionsOfGuestsAndOfTheHostItselfDoNotCount() {
        var guest = login("192.0.2.9", 1, "a guest");
        sessions.addAll(List.of(HERE, guest, handshake("127.0.0.1", 1)));
        assertThat(admission.sessions(NARROW, Optional.empty())).containsExactly(HERE);
        assertThat(admission.sessions(NARROW, Optional.of(ssh("any")))).containsExactly(HERE, guest);
    }
}
