package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The traffic that the base chain judges without a service: denied sources, ping, necessary ICMP, existing flows. */
@TestInstance(Lifecycle.PER_CLASS)
class BaseChainIT {
    private static final Duration LONG = Duration.ofSeconds(5);

    private TestLab net;

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.ITSP, Place.ADMIN);
        for (int port : List.of(22, 443)) {
            net.lab.from(Place.HOST).listen(Protocol.TCP, port).join();
        }
        for (int port : List.of(5060, 40000)) {
            net.lab.from(Place.HOST).listen(Protocol.UDP, port).join();
        }
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    @BeforeEach
    void startFromNothing() {
        net.firewall.remove();
        net.enforce(TestLab.example("all-in-one.yaml"));
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aBannedSourceIsDroppedUntilTheBanIsLifted(Family family) {
        var set = "banned_" + family.suffix();
        var stranger = Place.STRANGER.address(family);
        assertThat(https(Place.STRANGER, family)).isEqualTo(Reach.OPEN);

        nft("add element inet portero " + set + " { " + stranger + " timeout 1h }");
        assertThat(https(Place.STRANGER, family)).isEqualTo(Reach.SILENT);
        assertThat(https(Place.ITSP, family)).isEqualTo(Reach.OPEN);

        net.enforce(TestLab.example("behind-sbc.yaml"));
        assertThat(https(Place.STRANGER, family)).as("after another policy").isEqualTo(Reach.SILENT);

        nft("delete element inet portero " + set + " { " + stranger + " }");
        assertThat(https(Place.STRANGER, family)).isEqualTo(Reach.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theKernelRemembersRefusedSources(Family family) {
        var stranger = Place.STRANGER.address(family);
        tryPort(family, 5060);
        tryPort(family, 23);
        net.enforce(TestLab.example("behind-sbc.yaml"));

        assertThat(dropped(NamedSet.Seen.sources(family)))
                .as("after another policy")
                .singleElement()
                .satisfies(k -> {
                    assertThat(k.source()).hasToString(stranger);
                    assertThat(k.wanted()).isEmpty();
                    assertThat(k.count().packets()).isGreaterThanOrEqualTo(2);
                    assertThat(k.ago()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
                });
        assertThat(dropped(NamedSet.Seen.flows(family)))
                .as("while it is dropped")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void inModeObserveTheKernelRemembersTheWantedPorts(Family family) {
        net.enforce(TestLab.policy("""
                mode: observe
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [192.0.2.77] }
                """));
        tryPort(family, 5060);
        tryPort(family, 5060);
        tryPort(family, 4000);
        assertThat(dropped(NamedSet.Seen.flows(family)))
                .extracting(k -> k.source() + " " + k.wanted().orElseThrow() + " "
                        + k.count().packets())
                .containsExactlyInAnyOrder(
                        Place.STRANGER.address(family) + " 5060/udp 2", Place.STRANGER.address(family) + " 4000/udp 1");
        net.enforce(TestLab.example("all-in-one.yaml"));
        assertThat(dropped(NamedSet.Seen.flows(family)))
                .as("once it is enforced")
                .isEmpty();
    }

    /** Also tests protocols without ports whose first bytes a program could read as a port. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void protocolsWithoutPortsAreRememberedByTheirNumber(Family family) {
        net.enforce(TestLab.policy("""
                mode: observe
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  vpn: { ports: [esp], from: [192.0.2.77] }
                """));
        var done = net.lab.run(Place.STRANGER, "python3", "-c", """
                import socket, sys
                v6 = ':' in sys.argv[1]
                for protocol in 50, 47, 112, 89, 253:
                    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, protocol)
                    s.sendto(b'twenty bytes of data', (sys.argv[1], 0))
                """, Place.HOST.address(family));
        assertThat(done).isInstanceOf(CommandResult.Completed.class);
        assertThat(dropped(NamedSet.Seen.protocols(family)))
                .extracting(k -> k.source() + " " + k.wanted().orElseThrow() + " "
                        + k.count().packets())
                .containsExactlyInAnyOrder(Stream.of("esp", "gre", "vrrp", "ospf", "protocol:253")
                        .map(protocol -> Place.STRANGER.address(family) + " " + protocol + " 1")
                        .toArray(String[]::new));
        assertThat(dropped(NamedSet.Seen.flows(family))).isEmpty();
        net.enforce(TestLab.example("all-in-one.yaml"));
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aFullSetOfSourcesAdmitsNobody(Family family) {
        var set = NamedSet.Seen.sources(family);
        var form = family == Family.V4 ? "198.18.%d.%d" : "2001:db8:5::%x:%x";
        nft("add element inet portero " + set.name() + " { "
                + IntStream.range(0, set.size())
                        .mapToObj(i -> form.formatted(i / 250, 1 + i % 250))
                        .collect(Collectors.joining(", "))
                + " }");
        assertThat(https(Place.STRANGER, family)).isEqualTo(Reach.OPEN);
        long before = dropped();
        assertThat(net.lab
                        .from(Place.STRANGER)
                        .reach(Protocol.UDP, Outpost.ANY_SOURCE, Place.HOST.address(family), 5060, TestLab.A_MOMENT)
                        .join())
                .isEqualTo(Reach.SILENT);
        assertThat(dropped()).isGreaterThan(before);
        assertThat(dropped(set)).hasSize(set.size());
    }

    private void tryPort(Family family, int port) {
        assertThat(net.lab
                        .from(Place.STRANGER)
                        .reach(
                                Protocol.UDP,
                                Outpost.ANY_SOURCE,
                                Place.HOST.address(family),
                                port,
                                Duration.ofMillis(50))
                        .join())
                .isNotNull();
    }

    private long dropped() {
        return switch (net.firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.get("dropped_source").packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private List<DroppedSource> dropped(NamedSet.Seen set) {
        return switch (net.firewall.dropped(set)) {
            case Reading.Of<List<DroppedSource>>(var dropped) -> dropped;
            case Reading.Failed<List<DroppedSource>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aBanAlsoCutsARunningSessionAndAnswersToTheHost(Family family) throws Exception {
        var session = net.lab
                .from(Place.ADMIN)
                .converse(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), 22)
                .join();
        assertThat(session.awaitUp(LONG)).isPresent();

        nft("add element inet portero banned_" + family.suffix() + " { " + Place.ADMIN.address(family)
                + " timeout 1h }");

        assertThat(session.awaitDown(LONG)).isPresent();
        session.stop().join();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void removingASourceStopsItsFlowAtOnce(Family family) throws Exception {
        var sip = converse(family, 5060);

        net.enforce(TestLab.policy("""
                groups: { itsp: [8.8.8.8] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """));

        assertThat(sip.awaitDown(LONG)).as("cut").isPresent();
        var late = net.lab
                .from(Place.ITSP)
                .reach(Protocol.UDP, Outpost.ANY_SOURCE, Place.HOST.address(family), 5060, TestLab.A_MOMENT);
        assertThat(late.join()).as("a new one").isEqualTo(Reach.SILENT);
        sip.stop().join();
    }

    private io.portero.lab.Conversation converse(Family family, int port) throws Exception {
        var conversation = net.lab
                .from(Place.ITSP)
                .converse(Protocol.UDP, Outpost.ANY_SOURCE, Place.HOST.address(family), port)
                .join();
        assertThat(conversation.awaitUp(LONG)).isPresent();
        return conversation;
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void onlySourcesInPingGetAnAnswer(Family family) {
        net.enforce(TestLab.policy("""
                groups: { friends: [198.51.100.7, "2001:db8:ad::7"] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                ping: [friends]
                """));

        assertThat(ping(Place.ADMIN, family)).isEqualTo(Reach.OPEN);
        assertThat(ping(Place.STRANGER, family)).isEqualTo(Reach.SILENT);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theHostCanPingEverybody(Family family) {
        net.enforce(TestLab.policy("""
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                ping: []
                """));

        var answer = net.lab.from(Place.HOST).ping(Place.STRANGER.address(family), TestLab.PATIENCE);
        assertThat(answer.join()).isEqualTo(Reach.OPEN);
    }

    /** A router on the path reports "packet too big"; a host that does not receive this loses all large packets. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void theHostLearnsThePathMtu(Family family) throws Exception {
        int bytes = 2_000_000;
        net.lab.from(Place.HOST).sendOnConnect(4430 + family.ordinal(), bytes).join();
        net.enforce(TestLab.policy("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  web: { ports: [4430-4431/tcp], from: [any] }
                ping: []
                """));
        net.lab.ip(Place.WIRE, "link set to-stranger mtu 1300\n");
        try {
            var received = net.lab
                    .from(Place.STRANGER)
                    .receive(
                            Outpost.ANY_SOURCE,
                            Place.HOST.address(family),
                            4430 + family.ordinal(),
                            bytes,
                            TestLab.PATIENCE);
            assertThat(received.join()).isEqualTo(bytes);
            assertThat(mtuTowards(Place.STRANGER.address(family))).contains("mtu 1300");
        } finally {
            net.lab.ip(Place.WIRE, "link set to-stranger mtu 1500\n");
        }
    }

    private String mtuTowards(String address) {
        return String.valueOf(net.lab.run(Place.HOST, "ip", "route", "get", address));
    }

    /** Deletes the neighbour entry, so that the host asks for it again and is asked, too. */
    @Test
    void neighbourDiscoveryWorksOverIpv6() throws Exception {
        net.lab.ip(Place.HOST, "neigh flush dev eth0\n");
        net.lab.ip(Place.WIRE, "neigh flush dev to-host\n");

        assertThat(https(Place.STRANGER, Family.V6)).isEqualTo(Reach.OPEN);
    }

    @Test
    void observeCountsWhatItWouldDropAndDropsNothing() {
        net.enforce(TestLab.policy("""
                mode: observe
                services: { ssh: { ports: [22/tcp], from: [198.51.100.7], management: true } }
                ping: []
                """));

        for (var family : Family.values()) {
            assertThat(https(Place.STRANGER, family)).isEqualTo(Reach.OPEN);
            assertThat(ping(Place.STRANGER, family)).isEqualTo(Reach.OPEN);
        }
        assertThat(String.valueOf(
                        net.lab.run(Place.HOST, "nft", "list", "counter", "inet", "portero", "dropped_no_service")))
                .doesNotContain("packets 0 ");
    }

    @Test
    void theTableOfAnotherProgramIsNotChanged() {
        nft("add table inet mine");
        nft("add chain inet mine input { type filter hook input priority 0; policy accept; }");
        nft("add rule inet mine input tcp dport 23 counter accept");
        var before = String.valueOf(listed());

        net.enforce(TestLab.example("behind-sbc.yaml"));
        net.firewall.remove();

        assertThat(String.valueOf(listed())).isEqualTo(before);
        nft("delete table inet mine");
    }

    private String listed() {
        return net.lab.run(Place.HOST, "nft", "-a", "list", "table", "inet", "mine")
                        instanceof io.portero.exec.CommandResult.Completed done
                ? done.output()
                : "";
    }

    private void nft(String command) {
        var result = net.lab.run(Place.HOST, "nft", command);
        assertThat(result)
                .isInstanceOfSatisfying(
                        io.portero.exec.CommandResult.Completed.class,
                        done -> assertThat(done.errors()).isEmpty());
    }

    private Reach https(Place place, Family family) {
        return net.lab
                .from(place)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), 443, TestLab.A_MOMENT)
                .join();
    }

    private Reach ping(Place place, Family family) {
        return net.lab
                .from(place)
                .ping(Place.HOST.address(family), Duration.ofMillis(800))
                .join();
    }
}
