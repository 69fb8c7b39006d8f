package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OutgoingPolicyTest {
    private static final String SSH = "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n";

    private static Policy policy(String outgoing) {
        return switch (new PolicyReader().parse("policy.yaml", SSH + outgoing)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    @Test
    void defaultAcceptWithoutAnEnabledEntryIsOpen() {
        assertThat(policy("").outgoing().isOpen()).isTrue();
        assertThat(policy("outgoing: { default: accept }").outgoing().isOpen()).isTrue();
        assertThat(policy("outgoing: { refuse: { a: { ports: [25/tcp], to: [any], enabled: false } } }")
                        .outgoing()
                        .isOpen())
                .isTrue();
        assertThat(policy("outgoing: { default: drop }").outgoing().isOpen()).isFalse();
    }

    @Test
    void describesChanges() {
        var before = policy("""
                outgoing:
                  services: { smtp: { ports: [25/tcp], to: [192.0.2.25, 192.0.2.26] } }
                  refuse: { spam: { ports: [25/tcp], to: [any] } }
                """);
        var after = policy("""
                outgoing:
                  default: drop
                  services:
                    smtp: { ports: [25/tcp], to: [192.0.2.25, 192.0.2.27] }
                    web: { ports: [443/tcp], to: [any], on: [eth1] }
                """);
        assertThat(EnforcementChange.between(before, after))
                .containsExactly(
                        "outgoing.default: from accept to drop: from now on, this host and its containers may"
                                + " send only what a service of outgoing admits",
                        "outgoing.refuse.spam: no longer: 25/tcp to anybody does not leave",
                        "outgoing.services.smtp.to: from now on also 192.0.2.27",
                        "outgoing.services.smtp.to: no longer 192.0.2.26",
                        "outgoing.services.web: from now on: 443/tcp to anybody by eth1 may leave");
        assertThat(EnforcementChange.between(before, before)).isEmpty();
    }

    @Test
    void findsNecessaryTrafficThatOutgoingDrops() {
        var shut = policy("outgoing: { default: drop }");
        assertThat(OutgoingNeeds.of(shut))
                .extracting(OutgoingNeeds.Need::what)
                .containsExactly(
                        "53/udp of anybody",
                        "123/udp of anybody",
                        "the metadata service (80/tcp of 169.254.169.254)",
                        "443/tcp of anybody");
        var resolvers = new TreeSet<Ip>();
        resolvers.add(Addresses.range("192.0.2.53").first());
        assertThat(OutgoingNeeds.of(shut, resolvers))
                .extracting(OutgoingNeeds.Need::sentence)
                .containsExactly("nothing may leave to the resolver 192.0.2.53: host names cannot be resolved, not even"
                        + " those of this policy; admit 53/udp and 53/tcp to it");
        assertThat(OutgoingNeeds.of(policy("outgoing: { refuse: { a: { ports: [25/tcp], to: [any] } } }")))
                .isEmpty();
        assertThat(OutgoingNeeds.of(policy("outgoing: { refuse: { a: { ports: [53/udp], to: [any] } } }"), resolvers))
                .hasSize(1);
    }

    @Test
    void anUnknownInterfaceMatchesNoServiceWithInterfaces() {
        var explainer = new OutgoingExplainer(policy("""
                outgoing:
                  default: drop
                  services: { web: { ports: [443/tcp], to: [any], on: ["eth*"] } }
                """));
        var to = Addresses.range("192.0.2.9").first();
        var https = new Target.Port(new PortRange(Protocol.TCP, 443, 443));
        assertThat(explainer.explain(to, https, Optional.of("eth1")).verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(explainer.explain(to, https, Optional.empty()).why())
                .isEqualTo("web admits it only when it leaves by eth*");
    }
}
