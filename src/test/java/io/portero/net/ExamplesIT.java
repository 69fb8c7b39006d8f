package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example policies with packets from every source, to every service and to neighbouring ports. */
@TestInstance(Lifecycle.PER_CLASS)
class ExamplesIT {
    private static final int PUBLISHED = 9000;

    private TestLab net;

    @BeforeAll
    void build() throws Exception {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.ITSP, Place.MONITOR, Place.ADMIN, Place.CONTAINER);
        var listening = new ArrayList<CompletableFuture<?>>();
        ports().forEach(p -> listening.add(net.lab.from(Place.HOST).listen(p.protocol(), p.first())));
        listening.add(net.lab.from(Place.CONTAINER).listen(Protocol.TCP, 9001));
        listening.add(net.lab.from(Place.CONTAINER).listen(Protocol.UDP, 9001));
        listening.forEach(CompletableFuture::join);
        net.lab.publish(PUBLISHED, 9001);
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    /** The ports at both sides of each border in the examples, and ports that must never be reachable. */
    private static List<PortRange> ports() {
        var tcp = Stream.of(22, 80, 443, 3100, 4730, 5038, 5060, 5432, 6379, 7088, 9090, 9091);
        var udp =
                Stream.of(443, 5060, 5061, 19999, 20000, 22222, 25000, 30000, 30001, 39999, 40000, 45000, 50000, 50001);
        return Stream.concat(tcp.map(p -> port(Protocol.TCP, p)), udp.map(p -> port(Protocol.UDP, p)))
                .toList();
    }

    private static PortRange port(Protocol protocol, int port) {
        return new PortRange(protocol, port, port);
    }

    /** A source of packets: a place and an address. */
    private record Source(Place place, String address) {}

    private static List<Source> sources(Family family) {
        return switch (family) {
            case V4 ->
                List.of(
                        new Source(Place.STRANGER, "192.0.2.99"),
                        new Source(Place.STRANGER, "8.8.4.4"),
                        new Source(Place.STRANGER, "192.0.2.20"),
                        new Source(Place.STRANGER, "192.0.2.21"),
                        new Source(Place.STRANGER, "192.0.2.22"),
                        new Source(Place.STRANGER, "192.0.2.30"),
                        new Source(Place.STRANGER, "10.20.0.11"),
                        new Source(Place.STRANGER, "10.20.0.13"),
                        new Source(Place.STRANGER, "10.20.0.22"),
                        new Source(Place.STRANGER, "10.20.0.31"),
                        new Source(Place.ITSP, "203.0.113.10"),
                        new Source(Place.ITSP, "203.0.113.66"),
                        new Source(Place.ITSP, "203.0.113.255"),
                        new Source(Place.ITSP, "198.51.100.64"),
                        new Source(Place.ITSP, "198.51.100.95"),
                        new Source(Place.STRANGER, "198.51.100.63"),
                        new Source(Place.STRANGER, "198.51.100.96"),
                        new Source(Place.MONITOR, "192.0.2.10"),
                        new Source(Place.ADMIN, "198.51.100.7"));
            case V6 ->
                List.of(
                        new Source(Place.STRANGER, "2001:db8:99::99"),
                        new Source(Place.STRANGER, "2a00::1"),
                        new Source(Place.STRANGER, "2001:db8:20::20"),
                        new Source(Place.STRANGER, "2001:db8:30::30"),
                        new Source(Place.STRANGER, "2001:db8:30::31"),
                        new Source(Place.STRANGER, "fd00:20::12"),
                        new Source(Place.STRANGER, "fd00:20::22"),
                        new Source(Place.STRANGER, "fd00:20::33"),
                        new Source(Place.ITSP, "2001:db8:203::10"),
                        new Source(Place.ITSP, "2001:db8:203:ffff:ffff:ffff:ffff:ffff"),
                        new Source(Place.ITSP, "2001:db8:bad::66"),
                        new Source(Place.MONITOR, "2001:db8:10::10"),
                        new Source(Place.ADMIN, "2001:db8:ad::7"));
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all-in-one.yaml",
                "behind-reverse-proxy.yaml",
                "behind-sbc.yaml",
                "cluster-app.yaml",
                "cluster-data.yaml",
                "cluster-voice.yaml"
            })
    void everybodyReachesWhatThePolicySaysAndNothingElse(String example) throws Exception {
        var policy = TestLab.example(example);
        net.enforce(policy);

        var ports = new TreeSet<>(ports());
        ports.add(port(Protocol.TCP, PUBLISHED));
        ports.add(port(Protocol.UDP, PUBLISHED));

        assertThat(surprises(policy, ports)).isEmpty();
    }

    /** A sentence for each attempt whose result differs from the policy. */
    private List<String> surprises(Policy policy, Iterable<PortRange> ports) throws Exception {
        var explainer = new Explainer(policy);
        var tries = new ArrayList<CompletableFuture<String>>();
        for (var family : Family.values()) {
            for (var source : sources(family)) {
                for (var port : ports) {
                    var said = explainer.explain(Ip.parse(source.address()), new Target.Port(port));
                    var expected = said.verdict() == Verdict.ACCEPT ? Reach.OPEN : Reach.SILENT;
                    tries.add(net.lab
                            .from(source.place())
                            .reach(
                                    port.protocol(),
                                    source.address(),
                                    Place.HOST.address(family),
                                    port.first(),
                                    expected == Reach.OPEN ? TestLab.PATIENCE : TestLab.A_MOMENT)
                            .thenApply(seen -> seen == expected
                                    ? ""
                                    : source.address() + " to " + port + ": " + seen + ", but " + said));
                }
            }
        }
        return tries.stream()
                .map(CompletableFuture::join)
                .filter(s -> !s.isEmpty())
                .toList();
    }

    @Test
    void aPublishedPortOfAContainerIsFilteredLikeAPortOfTheHost() throws Exception {
        net.enforce(TestLab.policy("""
                groups: { friends: [192.0.2.99, "2001:db8:99::99"] }
                services:
                  ssh:   { ports: [22/tcp], from: [any], management: true }
                  minio: { ports: [9000/tcp, 9000/udp], from: [friends] }
                trusted-interfaces: [lo, "br-*"]
                """));

        for (var family : Family.values()) {
            for (var protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                assertThat(reach(Place.STRANGER, protocol, family, PUBLISHED)).isEqualTo(Reach.OPEN);
                assertThat(reach(Place.ITSP, protocol, family, PUBLISHED)).isEqualTo(Reach.SILENT);
            }
        }
    }

    @Test
    void aContainerReachesTheOutsideAndGetsAnswers() throws Exception {
        net.enforce(TestLab.example("all-in-one.yaml"));
        net.lab.from(Place.ITSP).listen(Protocol.TCP, 8080).join();
        net.lab.from(Place.ITSP).listen(Protocol.UDP, 8080).join();

        for (var protocol : List.of(Protocol.TCP, Protocol.UDP)) {
            for (var place : List.of(Place.CONTAINER, Place.HOST)) {
                for (var family : Family.values()) {
                    var seen = net.lab
                            .from(place)
                            .reach(protocol, Outpost.ANY_SOURCE, Place.ITSP.address(family), 8080, TestLab.PATIENCE)
                            .join();
                    assertThat(seen).as("%s %s %s", place, protocol, family).isEqualTo(Reach.OPEN);
                }
            }
        }
    }

    private Reach reach(Place place, Protocol protocol, Family family, int port) {
        return net.lab
                .from(place)
                .reach(protocol, Outpost.ANY_SOURCE, Place.HOST.address(family), port, TestLab.A_MOMENT)
                .join();
    }
}
