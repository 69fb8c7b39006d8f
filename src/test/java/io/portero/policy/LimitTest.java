package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The effect of a limit on explanations and decisions about a policy. */
class LimitTest {
    private static Policy policy(String ssh, String sip) {
        var text = """
                services:
                  ssh:     { ports: [22/tcp], from: [any], management: true %s }
                  a:       { ports: [5060/udp], from: [any] %s }
                  carrier: { ports: [5060/udp], from: [203.0.113.9] }
                """.formatted(ssh, sip);
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static Explanation explain(Policy policy, String from) throws Ip.NotAnAddress, PortRange.NotAPort {
        return new Explainer(policy).explain(Ip.parse(from), new Target.Port(PortRange.parse("5060/udp")));
    }

    @Test
    void explainNamesTheLimit() throws Exception {
        var policy = policy("", ", limit: { rate: 20/second, burst: 40, ban: 10m }");
        var stranger = explain(policy, "192.0.2.9");
        assertThat(stranger.verdict()).isEqualTo(Verdict.ACCEPT);
        assertThat(stranger.key()).isEqualTo("services.a.from");
        assertThat(stranger.why())
                .isEqualTo(
                        "192.0.2.9 is admitted to a as a member of any, at most 20/second from each source, 40 at once, or"
                                + " it is banned for 10m");
        assertThat(explain(policy, "203.0.113.9").key())
                .as("who admits without a limit comes first")
                .isEqualTo("services.carrier.from");
    }

    @Test
    void aSourceBannedByALimitReachesOnlyManagementServicesWithOtherLimits() throws Exception {
        var policy = policy("", ", limit: { rate: 20/second, ban: 10m }");
        var explainer = new Explainer(
                policy,
                source -> Optional.empty(),
                (service, source) -> Optional.empty(),
                (service, source) -> Optional.of("for another 5m"));
        var stranger = Ip.parse("192.0.2.9");
        var refused = explainer.explain(stranger, Target.parse("443/tcp"));
        assertThat(refused.key()).isEqualTo("services.a.limit.ban");
        assertThat(refused.why()).isEqualTo("192.0.2.9 is banned, for another 5m, because it exceeded the limit of a");
        assertThat(explainer
                        .explain(
                                stranger,
                                Target.parse("443/tcp"),
                                Optional.empty(),
                                new Destination.Onward(Ip.parse("198.51.100.1"), "eth1"))
                        .key())
                .as("what is forwarded as well")
                .isEqualTo("services.a.limit.ban");
        assertThat(explainer.explain(stranger, Target.parse("22/tcp")).verdict())
                .as("the way in")
                .isEqualTo(Verdict.ACCEPT);
        assertThat(explainer
                        .explain(Ip.parse("203.0.113.9"), Target.parse("5060/udp"))
                        .verdict())
                .as("a source that a service names")
                .isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void doesNotBanSourcesThatAServiceNames() throws Exception {
        var policy = ((Loaded.Accepted) new PolicyReader().parse("policy.yaml", """
                services:
                  ssh: { ports: [22/tcp], from: [203.0.113.9], management: true }
                  sip: { ports: [5060/udp], from: [any], limit: { rate: 20/second, ban: 10m } }
                """)).policy();
        assertThat(explain(policy, "203.0.113.9").why()).endsWith("at most 20/second from each source, 20 at once");
        assertThat(explain(policy, "203.0.113.8").why()).endsWith("or it is banned for 10m");
    }

    @Test
    void narrowsAManagementServiceWhenItIsNewOrStricter() {
        var none = policy("", "");
        var some = policy(", limit: { rate: 600/minute }", "");
        var longer = policy(", limit: { rate: 600/minute, ban: 1h }", "");
        var less = policy(", limit: { rate: 5/second, burst: 600 }", "");
        assertThat(Access.narrowsManagement(none, some, List.of())).isTrue();
        assertThat(Access.narrowsManagement(some, longer, List.of())).isTrue();
        assertThat(Access.narrowsManagement(some, less, List.of())).isTrue();
        assertThat(Access.narrowsManagement(some, some, List.of())).isFalse();
        assertThat(Access.narrowsManagement(less, some, List.of())).isFalse();
        assertThat(Access.narrowsManagement(some, none, List.of())).isFalse();
        assertThat(Access.narrowsManagement(none, policy("", ", limit: { rate: 1/second }"), List.of()))
                .as("of another service")
                .isFalse();
    }

    @Test
    void aChangeOfALimitIsDescribed() {
        var none = policy("", "");
        var some = policy("", ", limit: { rate: 100/minute }");
        assertThat(EnforcementChange.between(none, some))
                .containsExactly("services.a.limit: at most 100/minute from each source, 100 at once");
        assertThat(EnforcementChange.between(some, none)).containsExactly("services.a.limit: no limit any more");
        assertThat(EnforcementChange.between(some, some)).isEmpty();
    }

    @Test
    void theRefillTimeIsTheBurstDividedByTheRate() {
        assertThat(new Limit(20, Limit.Per.SECOND, 40, Optional.empty()).refill())
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(new Limit(10, Limit.Per.HOUR, 5, Optional.empty()).refill()).isEqualTo(Duration.ofMinutes(30));
        assertThat(Limit.usualBurst(1)).isEqualTo(5);
    }
}
