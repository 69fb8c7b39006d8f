package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Place;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Services with interfaces and addresses, on a host with a public and a private network. */
@TestInstance(Lifecycle.PER_CLASS)
class EntranceIT {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final String POLICY = """
            groups: { cluster: [192.0.2.99, "2001:db8:99::99"] }
            services:
              ssh:      { ports: [22/tcp],   from: [any], management: true }
              redis:    { ports: [6379/udp], from: [cluster], on: [eth1], on-revoke: drain }
              postgres: { ports: [5432/udp], from: [cluster], on: [%s], to: [10.9.0.1] }
              web:      { ports: [443/udp],  from: [any], to: [192.0.2.1, "2001:db8::1"] }
              metrics:  { ports: [443/udp],  from: [any], on: ["eth1*"], limit: { rate: 10/hour, burst: 5 } }
              inside:   { ports: [8080/udp], from: [any], to: [192.0.2.1] }
            """;

    private TestLab net;
    private Sighting sighting;

    /** The stranger is also connected to the private network. */
    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.STRANGER);
        privateNetwork("eth1");
        sighting = net.lab.sighting();
        sighting.start();
    }

    private void privateNetwork(String name) {
        net.ip(Place.HOST, "link add " + name + " type veth peer name lan1 netns " + net.lab.namespace(Place.STRANGER));
        net.ip(Place.HOST, "address add 10.9.0.1/24 dev " + name);
        net.ip(Place.HOST, "address add 10.9.0.2/24 dev " + name);
        net.ip(Place.HOST, "link set " + name + " up");
        net.ip(Place.STRANGER, "link set lan1 up");
        net.ip(Place.STRANGER, "address add 10.9.0.99/24 dev lan1");
    }

    @AfterAll
    void close() {
        if (net != null) {
            net.close();
        }
    }

    /** Old kernels cannot rename an interface that is up. */
    private void rename(String name, String other) {
        net.ip(Place.HOST, "link set " + name + " down");
        net.ip(Place.HOST, "link set " + name + " name " + other);
        net.ip(Place.HOST, "link set " + other + " up");
    }

    private record Try(String from, String at, int port) {
        String via() {
            return at.startsWith("10.9.") ? "eth1" : "eth0";
        }
    }

    private static final List<Try> TRIES = List.of(
            new Try("192.0.2.99", "192.0.2.1", 6379),
            new Try("2001:db8:99::99", "2001:db8::1", 6379),
            new Try("192.0.2.99", "10.9.0.1", 6379),
            new Try("10.9.0.99", "10.9.0.1", 6379),
            new Try("192.0.2.99", "10.9.0.1", 5432),
            new Try("192.0.2.99", "10.9.0.2", 5432),
            new Try("192.0.2.99", "192.0.2.1", 5432),
            new Try("192.0.2.99", "192.0.2.1", 443),
            new Try("2001:db8:99::99", "2001:db8::1", 443),
            new Try("192.0.2.99", "10.9.0.2", 443),
            new Try("192.0.2.99", "192.0.2.1", 8080),
            new Try("10.9.0.99", "10.9.0.1", 8080));

    private Map<Try, Verdict> delivered(List<Try> tries) {
        var verdicts = new LinkedHashMap<Try, Verdict>();
        for (var one : tries) {
            sighting.forget();
            net.lab
                    .from(Place.STRANGER)
                    .datagram(one.from(), one.at(), one.port(), HELLO)
                    .join();
            var sight = new Sight(TestLab.address(one.from()), Protocol.UDP.number(), one.port());
            assertThat(sighting.came()).as("came: %s", one).containsKey(sight);
            verdicts.put(one, sighting.delivered().containsKey(sight) ? Verdict.ACCEPT : Verdict.DROP);
        }
        return verdicts;
    }

    private static Map<Try, Verdict> explained(Policy policy) {
        var verdicts = new LinkedHashMap<Try, Verdict>();
        for (var one : TRIES) {
            var arrival = new Arrival(Optional.of(one.via()), Optional.of(TestLab.address(one.at())));
            var to = new Target.Port(new PortRange(Protocol.UDP, one.port(), one.port()));
            verdicts.put(
                    one,
                    new Explainer(policy)
                            .explain(TestLab.address(one.from()), to, arrival)
                            .verdict());
        }
        return verdicts;
    }

    @Test
    void theKernelAcceptsPacketsOnlyAtTheEntrancesInThePolicy() {
        var policy = TestLab.policy(POLICY.formatted("eth1"));
        net.enforce(policy);
        var seen = delivered(TRIES);
        assertThat(seen).isEqualTo(explained(policy));
        assertThat(seen.values().stream().map(Verdict::word).toList())
                .containsExactly(
                        "drop", "drop", "accept", "drop", "accept", "drop", "drop", "accept", "accept", "accept",
                        "accept", "drop");
    }

    @Test
    void onlyPacketsAtTheEntranceCountForALimit() {
        net.enforce(TestLab.policy(POLICY.formatted("eth1")));
        net.nft(Place.HOST, "flush set inet portero limit_metrics.10h_5_v4\n");
        long before = net.dropped("limit");
        for (int i = 0; i < 12; i++) {
            net.lab
                    .from(Place.STRANGER)
                    .datagram("192.0.2.99", "192.0.2.1", 443, HELLO)
                    .join();
        }
        assertThat(net.dropped("limit")).isEqualTo(before);
        for (int i = 0; i < 12; i++) {
            net.lab
                    .from(Place.STRANGER)
                    .datagram("10.9.0.99", "10.9.0.1", 443, HELLO)
                    .join();
        }
        assertThat(net.dropped("limit")).isEqualTo(before + 7);
    }

    @Test
    void forAPublishedPortTheOriginalDestinationAddressCounts() {
        net.enforce(TestLab.policy(POLICY.formatted("eth1")));
        net.nft(Place.HOST, """
                table ip published {
                    chain translate {
                        type nat hook prerouting priority dstnat; policy accept;
                        udp dport 8080 dnat to 10.9.0.2:9090
                    }
                }
                """);
        try {
            sighting.forget();
            var dialled = net.lab.from(Place.STRANGER);
            dialled.datagram("192.0.2.99", "192.0.2.1", 8080, HELLO).join();
            dialled.datagram("10.9.0.99", "10.9.0.1", 8080, HELLO).join();
            assertThat(sighting.delivered())
                    .containsKey(new Sight(TestLab.address("192.0.2.99"), Protocol.UDP.number(), 9090))
                    .doesNotContainKey(new Sight(TestLab.address("10.9.0.99"), Protocol.UDP.number(), 9090));
        } finally {
            net.nft(Place.HOST, "delete table ip published\n");
        }
    }

    @Test
    void anInterfaceThatAppearsLaterWorksFromItsFirstPacket() {
        net.enforce(TestLab.policy(POLICY.formatted("eth7")));
        var there = new Try("192.0.2.99", "10.9.0.1", 5432);
        assertThat(delivered(List.of(there))).containsValue(Verdict.DROP);
        rename("eth1", "eth7");
        try {
            assertThat(delivered(List.of(there))).containsValue(Verdict.ACCEPT);
        } finally {
            rename("eth7", "eth1");
        }
        assertThat(delivered(List.of(there))).containsValue(Verdict.DROP);
    }
}
