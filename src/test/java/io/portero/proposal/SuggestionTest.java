package io.portero.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exposure.Listener;
import io.portero.policy.AddressSet;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.proposal.Finding.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class SuggestionTest {
    private static final String POLICY = """
            mode: observe
            groups:
              admins: [198.51.100.7]
              itsp: [203.0.113.0/28]
              monitoring: [192.0.2.10, 192.0.2.11]
              blocklist: [192.0.2.66]
            services:
              ssh: { ports: [22/tcp], from: [admins], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
              rtp: { ports: [40000-50000/udp], from: [itsp], on-revoke: drain }
              loki: { ports: [3100/tcp], from: [monitoring], enabled: false }
            deny: [blocklist]
            """;

    private final List<Listener> listeners = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();

    private void listens(String ports, String program) throws Exception {
        listeners.add(new Listener.Socket(PortRange.parse(ports), Ip.parse("0.0.0.0"), program));
    }

    private void came(String from, String to, long packets) throws Exception {
        refused.add(new Refused(Ip.parse(from), PortRange.parse(to), packets, Duration.ofMinutes(3)));
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    private Suggestion suggestion() {
        return Suggestion.of(policy(POLICY), AddressSet.EMPTY, listeners, List.of(), refused, List.of());
    }

    private String text() {
        return SuggestionText.of(suggestion(), List.of());
    }

    /** The policy with the groups and services of the suggestion pasted into it. */
    @SuppressWarnings("unchecked")
    private Policy merged() {
        Map<String, Object> all = new Yaml().load(POLICY);
        Map<String, Object> more = Objects.requireNonNullElse(new Yaml().load(text()), Map.of());
        for (var key : List.of("groups", "services")) {
            var both = new LinkedHashMap<>((Map<String, Object>) all.get(key));
            ((Map<String, Object>) more.getOrDefault(key, Map.of())).forEach((name, value) -> {
                assertThat(both).as("pasted beside it").doesNotContainKey(name);
                both.put(name, value);
            });
            all.put(key, both);
        }
        return policy(new Yaml().dump(all));
    }

    private static Verdict verdict(Policy policy, String from, String to) throws Exception {
        return new Explainer(policy).explain(Ip.parse(from), Target.parse(to)).verdict();
    }

    private Kind kind(String from) {
        return suggestion().findings().stream()
                .filter(f -> f.refused().source().toString().equals(from))
                .findFirst()
                .orElseThrow()
                .kind();
    }

    @Test
    void thePastedLinesAdmitExactlyTheRefusedSources() throws Exception {
        listens("8443/tcp", "homemade");
        listens("9100/tcp", "node_exporter");
        came("203.0.113.40", "5060/udp", 1200);
        came("203.0.113.40", "40000/udp", 40_000);
        came("203.0.113.40", "40012/udp", 40_000);
        came("2001:db8:203::9", "5060/udp", 30);
        came("192.0.2.10", "9100/tcp", 400);
        came("10.0.0.5", "8443/tcp", 12);
        came("10.0.0.9", "esp", 90);
        came("10.0.0.50", "22/tcp", 200);
        var policy = merged();

        for (var one : refused) {
            assertThat(verdict(policy, one.source().toString(), one.port().toString()))
                    .as("%s", one)
                    .isEqualTo(Verdict.ACCEPT);
        }
        assertThat(verdict(policy, "203.0.113.40", "22/tcp")).isEqualTo(Verdict.DROP);
        assertThat(verdict(policy, "203.0.113.41", "5060/udp")).isEqualTo(Verdict.DROP);
        assertThat(policy.services().get("ssh-more").management()).isTrue();
        assertThat(text())
                .contains("  sip-more: { ports: [5060/udp], from: [sip-sources] }")
                .contains("  rtp-more: { ports: [40000-50000/udp], from: [rtp-sources] }")
                .contains("  node-exporter: { ports: [9100/tcp], from: [monitoring] }")
                .contains("  homemade: { ports: [8443/tcp], from: [homemade-sources] }")
                .contains("  esp: { ports: [esp], from: [esp-sources] }")
                .contains("    - 203.0.113.40               # 1200 packets, last 3 min ago")
                .contains("refused by sip. Or put them into the group itsp,\n  # instead of this line.");
    }

    @Test
    void portsOfOneProgramForTheSameSourcesAreOneService() throws Exception {
        listens("8080/tcp", "homemade");
        listens("8443/tcp", "homemade");
        came("10.0.0.5", "8080/tcp", 50);
        came("10.0.0.6", "8080/tcp", 50);
        came("10.0.0.5", "8443/tcp", 50);
        came("10.0.0.6", "8443/tcp", 50);
        assertThat(text()).contains("  homemade: { ports: [8080/tcp, 8443/tcp], from: [homemade-sources] }");
    }

    @Test
    void servicesOfTheSameNewSourcesShareTheirGroup() throws Exception {
        listens("8080/tcp", "one");
        listens("8443/tcp", "two");
        came("10.0.0.5", "8080/tcp", 50);
        came("10.0.0.5", "8443/tcp", 50);
        assertThat(text())
                .contains("  one: { ports: [8080/tcp], from: [one-sources] }")
                .contains("  two: { ports: [8443/tcp], from: [one-sources] }");
    }

    @Test
    void oneOrTwoPacketsAreAProbableScanAndAreCommentedOut() throws Exception {
        came("203.0.113.40", "5060/udp", 1200);
        came("198.51.100.99", "5060/udp", 1);
        came("198.51.100.98", "22/tcp", 2);
        assertThat(kind("198.51.100.99")).isEqualTo(Kind.PROBABLE_SCAN);
        assertThat(text())
                .contains("    # - 198.51.100.99            # probable scan: 1 packet to 5060/udp, last 3 min ago")
                .contains("#   198.51.100.98            22/tcp: 2 packets, last 3 min ago")
                .doesNotContain("ssh-more");
        assertThat(verdict(merged(), "198.51.100.99", "5060/udp")).isEqualTo(Verdict.DROP);
    }

    @Test
    void aSourceThatTriesManyClosedPortsIsAScanner() throws Exception {
        came("198.51.100.99", "5060/udp", 500);
        came("198.51.100.99", "23/tcp", 9);
        came("198.51.100.99", "8081/tcp", 9);
        came("198.51.100.99", "2323/tcp", 9);
        assertThat(kind("198.51.100.99")).isEqualTo(Kind.PROBABLE_SCAN);
        assertThat(text()).contains("Nothing to add").doesNotContain("services:");
    }

    @Test
    void deniedAndBannedSourcesAndClosedPortsAreLeftOut() throws Exception {
        listens("5432/tcp", "postgres");
        came("192.0.2.66", "5060/udp", 500);
        came("198.51.100.20", "4444/tcp", 500);
        came("198.51.100.21", "5432/tcp", 500);
        came("10.0.0.7", "5432/tcp", 500);
        assertThat(kind("192.0.2.66")).isEqualTo(Kind.ON_PURPOSE);
        assertThat(kind("198.51.100.20")).isEqualTo(Kind.NOTHING_LISTENS);
        assertThat(kind("198.51.100.21")).isEqualTo(Kind.DELICATE);
        assertThat(kind("10.0.0.7")).isEqualTo(Kind.REGULAR);
        assertThat(text()).contains("1 source refused on purpose");
    }

    @Test
    void neverSuggestsToAdmitAStrangerToAManagementService() throws Exception {
        listens("22/tcp", "sshd");
        came("198.51.100.22", "22/tcp", 5000);
        assertThat(kind("198.51.100.22")).isEqualTo(Kind.DELICATE);
        assertThat(text()).contains("#   198.51.100.22            22/tcp: 5000 packets");
    }

    @Test
    void doesNotSuggestSourcesThatThePolicyAdmitsNow() throws Exception {
        came("203.0.113.9", "5060/udp", 500);
        assertThat(kind("203.0.113.9")).isEqualTo(Kind.ADMITTED);
        assertThat(suggestion().additions()).isEmpty();
    }

    @Test
    void aServiceThatIsSwitchedOffIsNamed() throws Exception {
        came("192.0.2.10", "3100/tcp", 500);
        listens("3100/tcp", "loki");
        assertThat(text())
                .contains("the service loki of the policy has these")
                .contains("  loki-more: { ports: [3100/tcp], from: [monitoring] }");
        assertThat(verdict(merged(), "192.0.2.10", "3100/tcp")).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void tooManySourcesForAGroupAreLeftToAPerson() throws Exception {
        listens("443/tcp", "nginx");
        for (int i = 1; i <= 65; i++) {
            came("198.51.101." + i, "443/tcp", 20);
        }
        assertThat(text())
                .contains("\n#  nginx: { ports: [443/tcp], from: [any] }\n")
                .doesNotContain("\nservices:");
        assertThat(verdict(merged(), "198.51.101.1", "443/tcp")).isEqualTo(Verdict.DROP);
    }

    @Test
    void severalAddressesOfOneIpv6NetworkAreOneEntry() throws Exception {
        listens("443/tcp", "nginx");
        for (int i = 1; i <= 3; i++) {
            came("2a00:1:2:3::" + i, "443/tcp", 20);
        }
        assertThat(text()).contains("    - \"2a00:1:2:3::/64\"").contains("# 3 addresses, 60 packets, last 3 min ago");
    }

    @Test
    void fitsATerminalAndContainsNoControlCharacters() throws Exception {
        listens("443/tcp", "nginx\n  evil: {}");
        came("198.51.101.1", "443/tcp", 20);
        for (int i = 1; i <= 30; i++) {
            came("198.51.100." + i, "4444/tcp", 20);
        }
        assertThat(text().lines()).allMatch(line -> line.length() <= 100);
        assertThat(text()).contains("#   and 10 more sources");
        assertThat(merged().services()).containsKey("nginx-evil");
    }
}
