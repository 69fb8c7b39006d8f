package io.portero.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.safety.LockoutGuard.Judgement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LockoutGuardTest {
    private static Policy policy(String sshFrom, String more) {
        var text = "services: { ssh: { ports: [22/tcp], from: [%s], management: true } }\n%s".formatted(sshFrom, more);
        return ((Loaded.Accepted) new PolicyReader().parse("p.yaml", text)).policy();
    }

    private static Session session(String peer, String via) throws Ip.NotAnAddress {
        return new Session(Ip.parse(peer), 40_000, 22, true, Optional.of(via), List.of("a login"));
    }

    @Test
    void aPolicyIsALockoutOnlyIfNoSessionSurvives() throws Ip.NotAnAddress {
        var here = session("198.51.100.7", "eth0");
        var there = session("2001:db8::7", "eth0");
        assertThat(LockoutGuard.judge(policy("203.0.113.9", ""), List.of(here, there)))
                .isEqualTo(new Judgement.Lockout(List.of(here, there)));
        assertThat(LockoutGuard.judge(policy("198.51.100.7", ""), List.of(here, there)))
                .isEqualTo(new Judgement.Passable(List.of(there)));
        assertThat(LockoutGuard.judge(policy("203.0.113.9", ""), List.of()))
                .isEqualTo(new Judgement.Passable(List.of()));
    }

    @Test
    void sessionsOnUnfilteredInterfacesAreNotCut() throws Ip.NotAnAddress {
        var tunnel = List.of(session("10.8.0.2", "wg0"));
        var trusting = policy("203.0.113.9", "trusted-interfaces: [\"wg*\"]\n");
        assertThat(LockoutGuard.judge(trusting, tunnel)).isEqualTo(new Judgement.Passable(List.of()));
        assertThat(LockoutGuard.judge(policy("203.0.113.9", "mode: observe\n"), tunnel))
                .isEqualTo(new Judgement.Passable(List.of()));
        assertThat(LockoutGuard.judge(policy("203.0.113.9", ""), tunnel)).isEqualTo(new Judgement.Lockout(tunnel));
    }

    @Test
    void theRemedyNamesTheKeyThatCutsTheSession() throws Ip.NotAnAddress {
        var cut = List.of(session("198.51.100.7", "eth0"));
        assertThat(LockoutGuard.remedy(policy("203.0.113.9", ""), cut))
                .isEqualTo("add 198.51.100.7 to services.ssh.from");
        var denying = policy("any", "groups: { bad: [198.51.100.0/24] }\ndeny: [bad]\n");
        assertThat(LockoutGuard.judge(denying, cut)).isInstanceOf(Judgement.Lockout.class);
        assertThat(LockoutGuard.remedy(denying, cut)).isEqualTo("remove 198.51.100.7 from the denied groups");
    }

    @Test
    void theInterfaceOfASessionCountsIfItIsKnown() throws Ip.NotAnAddress {
        var eth0 = session("198.51.100.7", "eth0");
        var inside = policy("any], on: [eth1", "");
        assertThat(LockoutGuard.judge(inside, List.of(eth0))).isEqualTo(new Judgement.Lockout(List.of(eth0)));
        assertThat(LockoutGuard.remedy(inside, List.of(eth0))).isEqualTo("add eth0 to services.ssh.on");
        var remembered = new Session(Ip.parse("198.51.100.7"), 0, 22, false);
        assertThat(LockoutGuard.judge(inside, List.of(remembered))).isEqualTo(new Judgement.Passable(List.of()));

        var at = new Session(
                Ip.parse("198.51.100.7"),
                40_000,
                22,
                true,
                Optional.of("eth1"),
                Optional.of(Ip.parse("192.0.2.1")),
                List.of("a login"));
        var oneAddress = policy("any], on: [eth1], to: [10.0.0.5", "");
        assertThat(LockoutGuard.judge(oneAddress, List.of(at))).isEqualTo(new Judgement.Lockout(List.of(at)));
        assertThat(LockoutGuard.remedy(oneAddress, List.of(at))).isEqualTo("add 192.0.2.1 to services.ssh.to");
    }
}
