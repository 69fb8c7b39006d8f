package io.portero.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class OutgoingSuggestionTest {
    private static final String POLICY = """
            groups:
              carrier: [203.0.113.0/28]
              dns: [192.0.2.53]
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
            outgoing:
              default: drop
              services:
                to-ntp: { ports: [123/udp], to: [192.0.2.123] }
              refuse:
                spam: { ports: [25/tcp], to: [any] }
            """;

    private final List<Refused> leaving = new ArrayList<>();

    private void wanted(String to, String port, long packets) throws Exception {
        leaving.add(new Refused(Ip.parse(to), PortRange.parse(port), packets, Duration.ofMinutes(3)));
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    private String text() {
        var suggestion = Suggestion.of(policy(POLICY), AddressSet.EMPTY, List.of(), List.of(), List.of(), leaving);
        return SuggestionText.of(suggestion, List.of());
    }

    /** The policy with the suggestion pasted into it. */
    @SuppressWarnings("unchecked")
    private Policy pasted() {
        Map<String, Object> all = new Yaml().load(POLICY);
        Map<String, Object> more = new Yaml().load(text());
        pasted((Map<String, Object>) all.get("groups"), (Map<String, Object>) more.getOrDefault("groups", Map.of()));
        pasted((Map<String, Object>) ((Map<String, Object>) all.get("outgoing")).get("services"), (Map<String, Object>)
                ((Map<String, Object>) more.get("outgoing")).get("services"));
        return policy(new Yaml().dump(new LinkedHashMap<>(all)));
    }

    private static void pasted(Map<String, Object> into, Map<String, Object> more) {
        assertThat(into).doesNotContainKeys(more.keySet().toArray(String[]::new));
        into.putAll(more);
    }

    private static boolean leaves(Policy policy, String to, String port) throws Exception {
        return new OutgoingExplainer(policy)
                        .explain(Ip.parse(to), new Target.Port(PortRange.parse(port)), Optional.empty())
                        .verdict()
                == Verdict.ACCEPT;
    }

    @Test
    void thePastedLinesAdmitExactlyTheRefusedPackets() throws Exception {
        wanted("192.0.2.7", "123/udp", 4);
        wanted("192.0.2.8", "123/udp", 4);
        wanted("2001:db8::8", "443/tcp", 40);
        wanted("198.51.100.9", "esp", 2);
        var policy = pasted();
        for (var each : leaving) {
            assertThat(leaves(policy, each.source().toString(), each.port().toString()))
                    .as(each.toString())
                    .isTrue();
        }
        assertThat(leaves(policy, "192.0.2.9", "123/udp")).isFalse();
        assertThat(leaves(policy, "2001:db8::8", "80/tcp")).isFalse();
        assertThat(text())
                .contains(
                        "    - 192.0.2.7 ",
                        "4 packets, last 3 min ago",
                        "    # 2 destinations, 8 packets.\n    to-ntp-2: { ports: [123/udp], to: [ntp-2] }",
                        "    to-https: { ports: [443/tcp], to: [https] }",
                        "    to-esp: { ports: [esp], to: [esp] }")
                .doesNotContain("Nothing to add");
    }

    @Test
    void portsWithTheSameDestinationsAreOneService() throws Exception {
        wanted("192.0.2.80", "80/tcp", 30);
        wanted("192.0.2.80", "443/tcp", 10);
        assertThat(text())
                .contains("# 1 destination, 40 packets.\n    to-http: { ports: [80/tcp, 443/tcp], to: [http] }");
    }

    @Test
    void usesAGroupOfThePolicyThatContainsAllDestinations() throws Exception {
        wanted("203.0.113.3", "5060/udp", 9);
        wanted("203.0.113.4", "5060/udp", 9);
        wanted("192.0.2.54", "53/udp", 9);
        assertThat(text())
                .contains("all of them known.\n    to-sip: { ports: [5060/udp], to: [carrier] }")
                .contains("to-dns: { ports: [53/udp], to: [dns-2] }");
        assertThat(leaves(pasted(), "203.0.113.9", "5060/udp")).isTrue();
    }

    @Test
    void doesNotSuggestDestinationsThatAreRefusedOnPurposeOrAdmittedNow() throws Exception {
        wanted("198.51.100.25", "25/tcp", 50);
        wanted("192.0.2.123", "123/udp", 50);
        assertThat(text())
                .contains("Nothing to add")
                .contains("# Left out: destinations in outgoing.refuse (refused on purpose).")
                .containsPattern("#   198\\.51\\.100\\.25 +25/tcp: 50 packets")
                .doesNotContain("outgoing:\n", "123/udp");
    }

    @Test
    void tooManyDestinationsAreLeftToAPerson() throws Exception {
        for (int i = 0; i < 65; i++) {
            wanted("198.51.100." + i, "22/tcp", 2);
        }
        assertThat(text())
                .contains("# Too many destinations for a group: 65 destinations, 130 packets.")
                .contains("\n#    to-ssh: { ports: [22/tcp], to: [any] }")
                .doesNotContain("\noutgoing:");
    }
}
