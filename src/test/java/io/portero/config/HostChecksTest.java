package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Hosts;
import io.portero.policy.Problem;
import io.portero.policy.Surroundings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostChecksTest {
    private static final Surroundings BRIDGED =
            Hosts.with("br-ext", "203.0.113.80").route("br-ext", "203.0.113.1").host();

    private static Loaded read(Surroundings host, String... lines) {
        var text = "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n" + String.join("\n", lines);
        return new PolicyReader()
                .parse("p.yaml", text, Outside.strict(n -> Map.of()).at(host));
    }

    private static List<String> problems(Surroundings host, String... lines) {
        return read(host, lines).problems().stream().map(Problem::toString).toList();
    }

    @Test
    void refusesATrustedUplinkAtTheLineOfItsPattern() {
        var loaded = read(BRIDGED, "trusted-interfaces:", "  - docker0", "  - \"br-*\"");
        assertThat(loaded).isInstanceOf(Loaded.Refused.class);
        assertThat(loaded.problems())
                .singleElement()
                .hasToString("p.yaml:4: trusted-interfaces: uplink is trusted: \"br-*\" matches br-ext, which holds a"
                        + " default route, so packets that come in by it would not be filtered; name only the"
                        + " intended interfaces, or write safety.trust-uplink: true");
    }

    @Test
    void acceptsATrustedUplinkIfThePolicyAllowsIt() {
        assertThat(read(BRIDGED, "trusted-interfaces: [\"br-*\"]", "safety: { trust-uplink: true }"))
                .isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void findsTheUplinkOfEveryRoutingTableAndTheSourceOfARoute() {
        for (var trusted : List.of("bond0", "eth0.100", "wg*")) {
            var host = Hosts.with(trusted.replace("*", "0"), "10.0.0.2")
                    .and("eth1", "198.51.100.4")
                    .route("eth1", "198.51.100.1")
                    .route(trusted.replace("*", "0"), "10.0.0.1")
                    .host();
            assertThat(problems(host, "trusted-interfaces: [\"" + trusted + "\"]"))
                    .singleElement()
                    .asString()
                    .startsWith("p.yaml:2: trusted-interfaces: uplink is trusted: \"" + trusted + "\"");
        }
        var named = Hosts.with("eth0", "10.0.0.2").and("br-pub", "203.0.113.80").routeFrom("eth0", "203.0.113.80");
        assertThat(problems(named.host(), "trusted-interfaces: [\"br-*\"]"))
                .singleElement()
                .asString()
                .contains("br-pub, which has the address 203.0.113.80, which a default route uses");
    }

    @Test
    void reportsNothingWhenTheUplinkIsFiltered() {
        assertThat(problems(BRIDGED, "trusted-interfaces: [docker0, br-1]")).isEmpty();
        assertThat(problems(
                        Hosts.with("lo", "127.0.0.1").route("lo", "203.0.113.1").host(), "mode: enforce"))
                .isEmpty();
        assertThat(problems(Surroundings.UNKNOWN, "trusted-interfaces: [\"br-*\"]"))
                .isEmpty();
    }

    @Test
    void warnsOnceForEachKindOfAddressThatDenyCovers() {
        var host = Hosts.with("eth0", "10.0.0.5", "fe80::5")
                .and("docker0", "172.17.0.1")
                .route("eth0", "10.0.0.1")
                .route("eth0", "fe80::1")
                .resolver("10.0.0.53")
                .host();
        assertThat(problems(
                        host,
                        "groups: { bogons: [224.0.0.0/3, 10.0.0.0/8, 172.16.0.0/12, \"fe80::/10\"] }",
                        "trusted-interfaces: [docker0]",
                        "deny: [bogons]"))
                .containsExactly(
                        "p.yaml:4: warning: deny: it covers 2 gateways 10.0.0.1 (in bogons), fe80::1 (in"
                                + " bogons): its ICMP errors, such as path MTU, are dropped; remove them from the denied groups",
                        "p.yaml:4: warning: deny: it covers the resolver 10.0.0.53 (in bogons): its answers"
                                + " are dropped, so host names cannot be resolved; remove it from the denied groups",
                        "p.yaml:4: warning: deny: it covers 2 of this host's own addresses 10.0.0.5 (in bogons),"
                                + " fe80::5 (in bogons): other hosts on its network are probably covered, too;"
                                + " remove them from the denied groups");
    }

    @Test
    void warnsWhenDenyCoversSourcesThatAServiceAdmits() {
        assertThat(problems(
                        Surroundings.UNKNOWN,
                        "groups: { itsp: [203.0.113.0/24], bad: [203.0.113.0/28, 192.0.2.7, 198.51.100.9] }",
                        "deny: [bad]"))
                .as("nobody admits them by name")
                .isEmpty();
        var text = """
                groups: { itsp: [203.0.113.0/24], idle: [198.51.100.9], bad: [203.0.113.0/24, 192.0.2.7, 198.51.100.9] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp, 192.0.2.7] }
                  rtp: { ports: [40000/udp], from: [itsp] }
                  off: { ports: [81/tcp], from: [idle], enabled: false }
                deny: [bad]
                """;
        assertThat(new PolicyReader().parse("p.yaml", text).problems())
                .singleElement()
                .hasToString("p.yaml:7: warning: deny: it covers sources that services admit, and deny is"
                        + " stronger: 203.0.113.0/24 (in itsp), 192.0.2.7 (in services.sip.from); remove them"
                        + " from deny or from the services");
    }

    @Test
    void doesNotWarnWhenDenyOnlyMakesAHoleInAnAdmittedNetwork() {
        var text = """
                groups: { itsp: [203.0.113.0/24, 192.0.2.4, 192.0.2.5], bad: [203.0.113.66, %s] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                deny: [bad]
                """;
        assertThat(new PolicyReader()
                        .parse("p.yaml", text.formatted("192.0.2.3"))
                        .problems())
                .isEmpty();
        assertThat(new PolicyReader()
                        .parse("p.yaml", text.formatted("192.0.2.5"))
                        .problems())
                .singleElement()
                .asString()
                .contains(": 192.0.2.5 (in itsp)");
    }

    @Test
    void warnsWhenDenyCoversEverybody() {
        assertThat(problems(Surroundings.UNKNOWN, "deny: [0.0.0.0/1, 128.0.0.0/1]"))
                .singleElement()
                .asString()
                .contains("it covers all possible sources over IPv4");
        assertThat(problems(Surroundings.UNKNOWN, "deny: [\"::/0\"]"))
                .singleElement()
                .asString()
                .contains("it covers all possible sources over IPv6");
        assertThat(problems(Surroundings.UNKNOWN, "deny: [0.0.0.0/0, \"2000::/3\"]"))
                .singleElement()
                .asString()
                .contains("it covers all possible sources, so nobody has access");
        assertThat(problems(Surroundings.UNKNOWN, "deny: [0.0.0.0/1, \"8000::/1\", 224.0.0.0/3]"))
                .isEmpty();
    }

    @Test
    void runsATestOnTheInterfaceThatItNames() {
        var trusted = "trusted-interfaces: [\"br-*\"]";
        assertThat(problems(
                        Surroundings.UNKNOWN,
                        trusted,
                        "tests:",
                        "  - { from: 192.0.2.1, to: 5432/tcp, via: br-1, expect: accept }",
                        "  - { from: 192.0.2.1, to: 5432/tcp, via: lo, expect: accept }",
                        "  - { from: 192.0.2.1, to: 5432/tcp, via: eth0, expect: drop }",
                        "  - { from: 192.0.2.1, to: 5432/tcp, expect: drop }"))
                .isEmpty();
        assertThat(problems(
                        Surroundings.UNKNOWN,
                        trusted,
                        "tests: [{ from: 192.0.2.1, to: 5432/tcp, via: br-1, expect: drop }]"))
                .singleElement()
                .asString()
                .contains("the verdict is accept by trusted-interfaces: br-1 is trusted, because br-* matches it");
    }
}
