package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A carrier, or half of its network, is removed from the policy while both sides send 50 packets a second. */
class RevocationIT {
    private static final String POLICY = """
            groups: { itsp: [%s] }
            services:
              ssh:   { ports: [22/tcp],          from: [any], management: true }
              https: { ports: [443/tcp],         from: [any] }
              sip:   { ports: [5060/udp],        from: [itsp] }
              rtp:   { ports: [40000-50000/udp], from: [itsp], on-revoke: drain }
            agent:
              reconcile-interval: 1s
              metrics: { host: 127.0.0.1 }
            """;
    private static final String WITH = POLICY.formatted("203.0.113.0/24, \"2001:db8:203::/48\"");
    private static final String WITHOUT = POLICY.formatted("203.0.113.128/25, \"2001:db8:203:8000::/49\"");

    private static final int PER_SECOND = 50;
    private static final int PEER_PORT = 4000;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Outpost.Activity> streams = new ArrayList<>();
    private TestLab net;
    private PackagedAgent agent;
    private Sighting sighting;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.ITSP);
        agent = PackagedAgent.start(net.lab, WITH);
        net.lab.from(Place.HOST).listen(Protocol.TCP, 443).join();
        sighting = net.lab.sighting();
        sighting.start();
    }

    @AfterEach
    void stop() {
        streams.forEach(s -> s.stop().join());
        agent.close();
        net.close();
    }

    private Outpost.Activity stream(Place from, int fromPort, Place to, int toPort, Family family) {
        var stream = net.lab.from(from).stream(
                        from.address(family) + "," + fromPort, to.address(family), toPort, PER_SECOND)
                .join();
        streams.add(stream);
        return stream;
    }

    /** Both sides send; {@code first} starts the flow. */
    private void twoWay(Place first, int port, Family family) throws InterruptedException {
        var order = first == Place.HOST ? List.of(Place.HOST, Place.ITSP) : List.of(Place.ITSP, Place.HOST);
        for (var place : order) {
            if (place == Place.HOST) {
                stream(Place.HOST, port, Place.ITSP, PEER_PORT + port % 1000, family);
            } else {
                stream(Place.ITSP, PEER_PORT + port % 1000, Place.HOST, port, family);
            }
            Thread.sleep(200);
        }
    }

    private long count(java.util.Map<Sight, Long> counts, int port, Family family) {
        try {
            return counts.getOrDefault(
                    new Sight(Ip.parse(Place.ITSP.address(family)), Protocol.UDP.number(), port), 0L);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private long passed(int port, Family family) {
        return count(sighting.passed(), port, family);
    }

    private void awaitPassing(int port, Family family) {
        await().atMost(LONG).until(() -> passed(port, family) > 10);
    }

    /** Writes the policy and waits until it is in force and a second pass is done. */
    private void put(String policy) throws Exception {
        var digest = digest();
        agent.edit(policy);
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> !digest().equals(digest));
        Thread.sleep(1000);
    }

    private String digest() throws IOException {
        return status().path("policy").path("digest").asText();
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper().readTree(agent.statusFile());
    }

    private int draining() throws IOException {
        for (var service : status().path("services")) {
            if (service.path("name").asText().equals("rtp")) {
                return service.path("draining").asInt();
            }
        }
        throw new AssertionError("no service rtp");
    }

    private long droppedAsRevoked() throws IOException {
        var status = new ObjectMapper().readTree(agent.status());
        return status.path("dropped").path("revoked").path("packets").asLong();
    }

    private String set(Family family) {
        return net.lab.run(Place.HOST, "nft", "list", "set", "inet", "portero", "revoked_" + family.suffix())
                        instanceof CommandResult.Completed done
                ? done.output()
                : "";
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void cutStopsFlowsThatTheHostStartedUntilTheCarrierReturns(Family family) throws Exception {
        twoWay(Place.HOST, 5060, family);
        awaitPassing(5060, family);

        put(WITHOUT);
        long then = passed(5060, family);
        Thread.sleep(3000); // one or two checks of the kernel, which must not end the drain
        assertThat(passed(5060, family)).isEqualTo(then);
        assertThat(count(sighting.came(), 5060, family))
                .as("it goes on sending")
                .isGreaterThan(then + 100);
        assertThat(set(family)).contains(Place.ITSP.address(family), "timeout 1h");
        assertThat(droppedAsRevoked()).isGreaterThan(100);
        var web =
                net.lab.from(Place.ITSP).reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), 443, LONG);
        assertThat(web.join()).as("where everybody is let in").isEqualTo(Reach.OPEN);

        put(WITH);
        assertThat(passed(5060, family)).isGreaterThan(then + 30);
        assertThat(set(family)).doesNotContain("elements");
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void drainLosesNoPacketOfRunningFlowsAndRefusesNewFlows(Family family) throws Exception {
        twoWay(Place.ITSP, 40000, family);
        twoWay(Place.HOST, 40002, family);
        twoWay(Place.HOST, 5060, family);
        awaitPassing(40000, family);
        awaitPassing(40002, family);
        awaitPassing(5060, family);

        put(WITHOUT);
        stream(Place.ITSP, PEER_PORT + 77, Place.HOST, 40004, family);
        Thread.sleep(1500);
        assertThat(draining()).isEqualTo(1);
        assertThat(agent.status()).contains("\"draining\" : 1");
        streams.forEach(s -> s.stop().join());
        streams.clear();

        for (int port : new int[] {40000, 40002}) {
            assertThat(passed(port, family)).as("port " + port).isGreaterThan(100);
            assertThat(passed(port, family)).isEqualTo(count(sighting.came(), port, family));
        }
        assertThat(count(sighting.came(), 40004, family)).isGreaterThan(30);
        assertThat(passed(40004, family)).isZero();

        // As if its timeout in connection tracking had expired.
        net.lab.run(Place.HOST, "conntrack", "-F");
        await().atMost(LONG).until(() -> draining() == 0);
        await().atMost(LONG).until(() -> !set(family).contains("elements"));
    }
}
