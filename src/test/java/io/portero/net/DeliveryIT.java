package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Destination.Here;
import io.portero.policy.Destination.Kind;
import io.portero.policy.Explainer;
import io.portero.policy.Explanation;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The policy judges every packet that the kernel delivers to this host, for each kind of destination.
 *
 * <p>A source that no service admits at 5060/udp sends there, and also to 20000/udp, which is open to everybody; the
 * kernel counts at hook input what it delivers.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DeliveryIT {
    private static final int CLOSED = 5060;
    private static final int OPEN = 20_000;
    private static final String POLICY = """
            services:
              ssh:    { ports: [22/tcp], from: [any], management: true }
              webrtc: { ports: [20000-30000/udp], from: [any] }
              sip:    { ports: [5060/udp], from: [203.0.113.10] }
            ping: [203.0.113.10]
            trusted-interfaces: [br-portero]
            """;

    private TestLab net;
    private Sighting sighting;

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.ITSP, Place.CONTAINER);
        sighting = net.lab.sighting();
        sighting.start();
        Addressee.delivered().forEach(d -> {
            d.here().forEach(words -> net.ip(Place.HOST, words));
            d.there().forEach(words -> net.ip(Place.WIRE, words));
        });
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    @BeforeEach
    void startFromNothing() {
        net.enforce(TestLab.policy(POLICY));
        sighting.forget();
    }

    @ParameterizedTest
    @MethodSource("io.portero.net.Addressee#delivered")
    void everyDeliveredPacketIsJudged(Addressee to) {
        send(to.address(), CLOSED);
        send(to.address(), OPEN);

        var open = sight(to.address(), OPEN);
        Awaitility.await().until(() -> sighting.delivered().containsKey(open));
        assertThat(sighting.came()).containsKey(sight(to.address(), CLOSED));
        assertThat(sighting.delivered()).doesNotContainKey(sight(to.address(), CLOSED));
    }

    /** The second chain drops these packets, and its counter says so. */
    @Test
    void packetsToAddressesOutsideTheMainTablesCountAsStray() {
        long before = net.dropped("stray");
        send("198.51.100.201", CLOSED);
        send("198.51.100.201", OPEN);
        Awaitility.await().until(() -> sighting.delivered().containsKey(sight("198.51.100.201", OPEN)));
        assertThat(net.dropped("stray")).isEqualTo(before + 1);
    }

    @Test
    void theAnycastAddressDoesNotAnswerPingsThatThePolicyRefuses() {
        var from = net.lab.from(Place.MONITOR);
        assertThat(from.ping("2001:db8:e1::", TestLab.A_MOMENT).join()).isEqualTo(Reach.SILENT);
        net.enforce(TestLab.policy(POLICY.replace("ping: [203.0.113.10]", "ping: [any]")));
        assertThat(from.ping("2001:db8:e1::5", TestLab.PATIENCE).join()).isEqualTo(Reach.OPEN);
    }

    @Test
    void packetsThroughAVrfAreJudged() {
        Assumptions.assumeTrue(
                net.succeeds(Place.HOST, "ip", "link", "add", "vrf-x", "type", "vrf", "table", "78"),
                "this kernel has no VRF");
        net.ip(Place.HOST, "link set vrf-x up");
        net.ip(Place.HOST, "link add x0 type veth peer name x1");
        net.ip(Place.HOST, "link set x1 netns " + net.lab.namespace(Place.CONTAINER));
        net.ip(Place.HOST, "link set x0 master vrf-x");
        net.ip(Place.HOST, "address add 10.99.0.1/24 dev x0");
        net.ip(Place.HOST, "link set x0 up");
        net.ip(Place.CONTAINER, "address add 10.99.0.2/24 dev x1");
        net.ip(Place.CONTAINER, "link set x1 up");
        try {
            var container = net.lab.from(Place.CONTAINER);
            container.datagram("10.99.0.2", "10.99.0.1", CLOSED, payload()).join();
            container.datagram("10.99.0.2", "10.99.0.1", OPEN, payload()).join();
            var from = TestLab.address("10.99.0.2");
            Awaitility.await().until(() -> sighting.delivered().containsKey(new Sight(from, 17, OPEN)));
            assertThat(sighting.delivered()).doesNotContainKey(new Sight(from, 17, CLOSED));
        } finally {
            net.ip(Place.HOST, "link del x0");
            net.ip(Place.HOST, "link del vrf-x");
        }
    }

    /** keepalived sends these packets; a second router, which no list contains, sends the same. */
    @Test
    void advertsOfVrrpReachTheirGroupOnlyThroughAService() {
        net.ip(Place.HOST, "link add lan0 type veth peer name lan1");
        net.ip(Place.HOST, "link set lan1 netns " + net.lab.namespace(Place.CONTAINER));
        net.ip(Place.HOST, "link set lan0 up");
        net.ip(Place.CONTAINER, "link set lan1 up");
        net.ip(Place.CONTAINER, "address add 10.97.0.2/24 dev lan1");
        net.ip(Place.CONTAINER, "address add 10.97.0.3/24 dev lan1");
        net.ip(Place.CONTAINER, "route add 224.0.0.0/4 dev lan1");
        net.ip(Place.HOST, "address add 10.97.0.1/24 dev lan0");
        net.ip(Place.HOST, "address add 224.0.0.18/32 dev lan0 autojoin");
        net.disguise(Place.CONTAINER, "udp sport 112 ip protocol set 112");
        var routers = new Here(TestLab.address("224.0.0.18"), Kind.MULTICAST);
        try {
            var vrrp = TestLab.policy(POLICY.replace("ping:", "  vrrp: { ports: [vrrp], from: [10.97.0.2] }\nping:"));
            net.enforce(vrrp);
            long source = net.dropped("source");
            adverts();
            Awaitility.await().until(() -> isDelivered("10.97.0.2"));
            assertThat(isDelivered("10.97.0.3")).isFalse();
            assertThat(net.dropped("source")).isEqualTo(source + 1);
            for (var router : List.of("10.97.0.2", "10.97.0.3")) {
                assertThat(explain(vrrp, router, routers).verdict())
                        .as(router)
                        .isEqualTo(isDelivered(router) ? Verdict.ACCEPT : Verdict.DROP);
            }

            startFromNothing();
            long none = net.dropped("no_service");
            adverts();
            Awaitility.await().until(() -> net.dropped("no_service") == none + 2);
            assertThat(isDelivered("10.97.0.2")).isFalse();
            assertThat(explain(TestLab.policy(POLICY), "10.97.0.2", routers).key())
                    .isEqualTo("services");
        } finally {
            net.ip(Place.HOST, "link del lan0");
        }
    }

    private void adverts() {
        for (var router : List.of("10.97.0.2", "10.97.0.3")) {
            net.lab
                    .from(Place.CONTAINER)
                    .datagram(router + ",112", "224.0.0.18", 9, new byte[12])
                    .join();
        }
    }

    private boolean isDelivered(String router) {
        return sighting.delivered().keySet().stream()
                .anyMatch(s -> s.from().equals(TestLab.address(router)) && s.protocol() == 112);
    }

    private static Explanation explain(Policy policy, String from, Here to) {
        return new Explainer(policy)
                .explain(
                        TestLab.address(from),
                        new Target.Port(PortRange.whole(Protocol.of(112).orElseThrow())),
                        Optional.of("lan0"),
                        to);
    }

    private void send(String to, int port) {
        net.lab
                .from(Place.MONITOR)
                .datagram(Outpost.ANY_SOURCE, to, port, payload())
                .join();
    }

    private static byte[] payload() {
        return "anybody there".getBytes(StandardCharsets.US_ASCII);
    }

    private static Sight sight(String to, int port) {
        return new Sight(
                TestLab.address(Place.MONITOR.address(TestLab.address(to).family())), 17, port);
    }
}
