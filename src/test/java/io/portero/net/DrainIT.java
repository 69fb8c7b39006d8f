package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.lab.Place;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a carrier that was removed: they go on, new calls are refused, and at the end of the time all are cut. */
@TestInstance(Lifecycle.PER_CLASS)
class DrainIT {
    private static final Duration DRAIN = Duration.ofSeconds(8);
    private static final String POLICY = """
            groups: { itsp: [%s] }
            services:
              ssh: { ports: [22/tcp],              from: [any],  management: true }
              sip: { ports: [5060/udp],            from: [itsp], on-revoke: { drain: %s } }
              rtp: { ports: [40000-50000/udp %s],  from: [itsp], on-revoke: { drain: 8s } }
            """;
    private static final String NETWORK = "203.0.113.0/24, 198.51.100.64-198.51.100.95, \"2001:db8:203::/48\"";
    private static final String REST = "198.51.100.65-198.51.100.95";
    private static final String NOBODY = "192.0.2.77";

    @TempDir
    private static Path directory;

    private TestLab net;
    private Sighting sighting;
    private Path file;
    private Reconciler agent;

    @BeforeAll
    void build() throws IOException {
        net = TestLab.build(Place.HOST, Place.ITSP);
        sighting = net.lab.sighting();
        sighting.start();
        file = directory.resolve("portero.yaml");
        Files.createDirectory(directory.resolve("state"));
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    @BeforeEach
    void admit() throws IOException {
        net.firewall.remove();
        net.lab.run(Place.HOST, "conntrack", "-F");
        write(NETWORK, "8s", "");
        agent = agent();
        agent.pass(Trigger.STARTUP);
        sighting.forget();
    }

    private Reconciler agent() {
        var clock = Clock.systemUTC();
        return new Reconciler(
                file,
                new PolicyReader(),
                net.firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of());
    }

    private void write(String itsp, String sipDrain, String morePorts) throws IOException {
        Files.writeString(file, POLICY.formatted(itsp, sipDrain, morePorts));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void put(String itsp) throws IOException {
        put(itsp, "8s", "");
    }

    private void put(String itsp, String sipDrain, String morePorts) throws IOException {
        write(itsp, sipDrain, morePorts);
        agent.pass(Trigger.FILE);
        assertThat(agent.status().inSync()).isTrue();
    }

    /** Whether a datagram of this flow passes; the host does not answer it. */
    private boolean passes(String from, int fromPort, int port) {
        long before = passed(from, port);
        var to = Place.HOST.address(from.contains(":") ? Family.V6 : Family.V4);
        net.lab
                .from(Place.ITSP)
                .datagram(from + "," + fromPort, to, port, new byte[] {1})
                .join();
        return passed(from, port) > before;
    }

    private long passed(String from, int port) {
        try {
            return sighting.passed().getOrDefault(new Sight(Ip.parse(from), Protocol.UDP.number(), port), 0L);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    @Test
    void unansweredFlowsDrainAndNewFlowsAreRefused() throws Exception {
        var carriers = List.of(Place.ITSP.address(Family.V4), Place.ITSP.address(Family.V6), "198.51.100.64");
        for (var carrier : carriers) {
            assertThat(passes(carrier, 5060, 5060)).isTrue();
            assertThat(passes(carrier, 4000, 40000)).isTrue();
        }
        put(REST);
        for (var carrier : carriers) {
            assertThat(passes(carrier, 5060, 5060)).as("BYE of " + carrier).isTrue();
            assertThat(passes(carrier, 4000, 40000)).as("media of " + carrier).isTrue();
            assertThat(passes(carrier, 5061, 5060)).as("INVITE of " + carrier).isFalse();
            assertThat(passes(carrier, 4002, 40000))
                    .as("new media of " + carrier)
                    .isFalse();
            assertThat(passes(carrier, 5061, 5060)).as("tried again").isFalse();
        }
        assertThat(passes("198.51.100.65", 5061, 5060)).as("who stays").isTrue();
        sleep(DRAIN);
        for (var carrier : carriers) {
            assertThat(passes(carrier, 5060, 5060))
                    .as("after the time of " + carrier)
                    .isFalse();
            assertThat(passes(carrier, 4000, 40000)).isFalse();
        }
    }

    @Test
    void eachRemovalHasItsOwnTime() throws Exception {
        var first = "198.51.100.64";
        var second = "203.0.113.10";
        passes(first, 5060, 5060);
        passes(second, 5060, 5060);
        put("203.0.113.0/24");
        sleep(DRAIN.dividedBy(2));
        put(NOBODY, "8s", ", 51000/udp"); // and another part of a service changes
        assertThat(passes(first, 5060, 5060)).isTrue();
        assertThat(passes(second, 5060, 5060)).isTrue();
        sleep(DRAIN.dividedBy(2));
        assertThat(passes(first, 5060, 5060)).isFalse();
        assertThat(passes(second, 5060, 5060)).isTrue();
        put("203.0.113.0/24");
        sleep(DRAIN.dividedBy(2));
        assertThat(passes(second, 5060, 5060)).as("put back").isTrue();
        put(NOBODY);
        assertThat(passes(second, 5060, 5060)).as("removed again").isTrue();
        assertThat(passes(second, 5061, 5060)).isFalse();
        sleep(DRAIN);
        assertThat(passes(second, 5060, 5060)).isFalse();
    }

    @Test
    void theRemainingTimeSurvivesTheAgentAndTheTable() throws Exception {
        var carrier = "203.0.113.10";
        passes(carrier, 5060, 5060);
        passes(carrier, 4000, 40000);
        put(NOBODY, "1h", "");
        agent = agent();
        agent.pass(Trigger.STARTUP);
        assertThat(passes(carrier, 4000, 40000)).as("after a restart").isTrue();
        agent.pass(Trigger.PERIODIC);
        net.firewall.remove();
        agent.pass(Trigger.PERIODIC);
        assertThat(passes(carrier, 5060, 5060)).as("with the table made anew").isTrue();
        assertThat(passes(carrier, 4000, 40000)).isTrue();
        assertThat(passes(carrier, 4002, 40000)).isFalse();
        sleep(DRAIN);
        assertThat(passes(carrier, 4000, 40000)).as("its time is over").isFalse();
        assertThat(passes(carrier, 5060, 5060)).as("its time is not").isTrue();
        net.lab.run(Place.HOST, "nft", "flush set inet portero drain_sip_v4");
        agent.pass(Trigger.PERIODIC);
        assertThat(passes(carrier, 5060, 5060))
                .as("what others took out is put back")
                .isTrue();
    }
}
