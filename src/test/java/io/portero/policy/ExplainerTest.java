package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Destination.Here;
import io.portero.policy.Destination.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The explanation of packets in words; OracleIT tests that the kernel does the same. */
class ExplainerTest {
    private static final Policy POLICY = policy("""
            groups: { blocklist: [203.0.113.66] }
            services:
              ssh:  { ports: [22/tcp], from: [any], management: true }
              vrrp: { ports: [vrrp], from: [192.0.2.7] }
            deny: [blocklist]
            trusted-interfaces: [br-lan]
            """);

    private final Explainer explainer = new Explainer(
            POLICY,
            source -> source.equals(ip("192.0.2.99"))
                    ? Optional.of("192.0.2.99 is banned, for another 1h, by portero ban")
                    : Optional.empty());

    @Test
    void aBanIsCheckedBeforeTheServicesAndAfterTheDenyGroups() {
        assertThat(own("192.0.2.99", "22/tcp"))
                .isEqualTo(new Explanation(
                        Verdict.DROP, "banned", "192.0.2.99 is banned, for another 1h, by portero ban"));
        assertThat(own("192.0.2.98", "22/tcp").verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(own("203.0.113.66", "22/tcp").key()).isEqualTo("deny");
    }

    @Test
    void aBanAppliesToForwardedPacketsButNotToTrustedInterfaces() {
        var behind = new Destination.Onward(ip("10.9.9.9"), "eth1");
        assertThat(at("192.0.2.99", "8080/tcp", behind).key()).isEqualTo("banned");
        assertThat(explainer
                        .explain(ip("192.0.2.99"), target("22/tcp"), Optional.of("br-lan"), behind)
                        .key())
                .isEqualTo("trusted-interfaces");
    }

    @Test
    void forwardedPacketsAreJudgedOnlyTowardsATrustedInterface() {
        assertThat(at("192.0.2.98", "8080/tcp", new Destination.Onward(ip("10.9.9.9"), "eth1")))
                .isEqualTo(new Explanation(
                        Verdict.ACCEPT,
                        "forwarded",
                        "10.9.9.9 is not an address of this host; packets to it leave by eth1; this policy"
                                + " does not filter packets that this host forwards"));
        var container = new Destination.Onward(ip("10.8.8.8"), "br-lan");
        assertThat(at("192.0.2.98", "8080/tcp", container).verdict()).isEqualTo(Verdict.DROP);
        assertThat(at("192.0.2.98", "8080/tcp", container).why()).contains("leave by br-lan, which is trusted");
        assertThat(at("192.0.2.98", "22/tcp", container).key()).isEqualTo("services.ssh.from");
        assertThat(at("192.0.2.98", "8080/tcp", new Destination.Nowhere(ip("10.7.7.7")))
                        .why())
                .contains("there is no route to it");
    }

    @Test
    void everyDeliveredPacketIsJudgedWhateverItsAddress() {
        for (var kind : Kind.values()) {
            assertThat(at("192.0.2.98", "8080/tcp", new Here(ip("192.0.2.1"), kind))
                            .verdict())
                    .as(kind.name())
                    .isEqualTo(Verdict.DROP);
        }
        assertThat(at("192.0.2.98", "8080/tcp", new Destination.Stray(ip("10.6.6.6"))))
                .isEqualTo(new Explanation(
                        Verdict.DROP,
                        "services",
                        "no service has 8080/tcp; 10.6.6.6 is delivered to this host by another routing table"));
    }

    @Test
    void necessaryTrafficIsRecognisedByItsDestinationAndPassesBans() {
        var everybody = new Here(ip("224.0.0.1"), Kind.MULTICAST);
        assertThat(at("192.0.2.99", "igmp", everybody).key()).isEqualTo("necessary");
        assertThat(own("192.0.2.98", "igmp").verdict()).isEqualTo(Verdict.DROP);
        assertThat(at("2001:db8::547", "546/udp", new Here(ip("fe80::2"), Kind.OWN))
                        .key())
                .isEqualTo("necessary");
        assertThat(at("2001:db8::547", "546/udp", new Here(ip("2001:db8::1"), Kind.OWN))
                        .verdict())
                .isEqualTo(Verdict.DROP);
    }

    @Test
    void advertsOfVrrpPassOnlyThroughTheirService() {
        var routers = new Here(ip("224.0.0.18"), Kind.MULTICAST);
        assertThat(at("192.0.2.7", "vrrp", routers).key()).isEqualTo("services.vrrp.from");
        assertThat(at("192.0.2.8", "vrrp", routers).verdict()).isEqualTo(Verdict.DROP);
    }

    private Explanation own(String from, String to) {
        return at(from, to, new Here(ip(from.contains(":") ? "2001:db8::1" : "192.0.2.1"), Kind.OWN));
    }

    private Explanation at(String from, String to, Destination destination) {
        return explainer.explain(ip(from), target(to), Optional.of("eth0"), destination);
    }

    private static Target target(String text) {
        try {
            return Target.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(text, e);
        }
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }
}
