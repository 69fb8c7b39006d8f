package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet.Seen;
import io.portero.exec.Child;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outgoing packets of a host with a container on a bridge, with a real name server and the port of a mail relay. */
@TestInstance(Lifecycle.PER_CLASS)
class OutgoingIT {
    private static final String GROUPS = """
            groups:
              relay: [198.51.100.7, "2001:db8:ad::7"]
              dns: [192.0.2.10, "2001:db8:10::10"]
              carrier: [203.0.113.0/24, "2001:db8:203::/48"]
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              sip: { ports: [5060/udp], from: [carrier] }
            """;
    private static final String DROPPING = """
            outgoing:
              default: drop
              services:
                smtp: { ports: [25/tcp], to: [relay] }
                names: { ports: [53/udp, 53/tcp], to: [dns] }
            """;
    private static final String REFUSING = """
            outgoing:
              services:
                smtp: { ports: [25/tcp], to: [relay] }
                sip: { ports: [5060-5061/udp], to: [carrier] }
              refuse:
                spam: { ports: [25/tcp, 465/tcp, 587/tcp], to: [any] }
                toll-fraud: { ports: [5060-5061/udp, 5060-5061/tcp], to: [any] }
            """;

    private TestLab net;
    private final List<Child> servers = new ArrayList<>();

    @BeforeAll
    void start() throws Exception {
        net = TestLab.build(Place.HOST, Place.CONTAINER, Place.STRANGER, Place.ITSP, Place.ADMIN);
        var config = net.lab.directory().resolve("outgoing-dns.conf");
        Files.writeString(config, """
                no-resolv
                no-hosts
                user=root
                bind-interfaces
                listen-address=192.0.2.10
                listen-address=2001:db8:10::10
                host-record=carrier.example,203.0.113.10
                """);
        servers.add(net.lab.start(
                Place.MONITOR, "outgoing-dns", List.of("dnsmasq", "-k", "-C", config.toString(), "--pid-file=")));
        net.lab.publish(8080, 80);
        for (var place : List.of(Place.ADMIN, Place.STRANGER)) {
            net.lab.from(place).listen(Protocol.TCP, 25).join();
            net.lab.from(place).listen(Protocol.TCP, 443).join();
        }
        net.lab.from(Place.ITSP).listen(Protocol.UDP, 5060).join();
        net.lab.from(Place.STRANGER).listen(Protocol.UDP, 5060).join();
        net.lab.from(Place.HOST).listen(Protocol.TCP, 22).join();
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        net.lab.from(Place.CONTAINER).listen(Protocol.TCP, 80).join();
    }

    @AfterAll
    void stop() throws IOException {
        servers.forEach(Child::close);
        if (net != null) {
            net.close();
        }
    }

    private boolean reaches(Place from, Protocol protocol, Place to, Family family, int port, boolean expected) {
        return net.lab
                .from(from)
                .reach(
                        protocol,
                        from.address(family),
                        to.address(family),
                        port,
                        expected ? TestLab.PATIENCE : TestLab.A_MOMENT)
                .thenApply(Reach::arrived)
                .exceptionally(OutgoingIT::notPermitted)
                .join();
    }

    /** The error that the kernel reports to a program whose datagram is dropped when it leaves. */
    private static boolean notPermitted(Throwable failed) {
        assertThat(failed).hasMessageContaining("Operation not permitted");
        return false;
    }

    private void assertReaches(Place from, Protocol protocol, Place to, Family family, int port, boolean expected) {
        assertThat(reaches(from, protocol, to, family, port, expected))
                .as("%s to %d/%s of %s over %s", from, port, protocol, to, family)
                .isEqualTo(expected);
    }

    /** Queries the real name server with the message format of RFC 1035. */
    private boolean resolves(Place from, Family family) {
        var script = """
                import socket, sys
                s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                s.settimeout(float(sys.argv[2]))
                s.sendto(bytes.fromhex('1234010000010000000000000763617272696572076578616d706c650000010001'), (sys.argv[1], 53))
                sys.exit(0 if socket.inet_aton('203.0.113.10') in s.recv(512) else 1)
                """;
        return net.succeeds(from, "python3", "-c", script, Place.MONITOR.address(family), "3");
    }

    @ParameterizedTest
    @EnumSource
    void onlyAdmittedPacketsLeave(Family family) {
        net.enforce(TestLab.policy(GROUPS + DROPPING));
        for (var from : List.of(Place.HOST, Place.CONTAINER)) {
            assertReaches(from, Protocol.TCP, Place.ADMIN, family, 25, true);
            assertReaches(from, Protocol.TCP, Place.STRANGER, family, 25, false);
            assertReaches(from, Protocol.TCP, Place.ADMIN, family, 443, false);
            assertThat(resolves(from, family))
                    .as("%s resolves over %s", from, family)
                    .isTrue();
            assertThat(net.lab
                            .from(from)
                            .ping(Place.ADMIN.address(family), TestLab.PATIENCE)
                            .join())
                    .isEqualTo(Reach.OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersToEverySourceLeave(Family family) {
        net.enforce(TestLab.policy(GROUPS + "  web: { ports: [8080/tcp, 9/tcp], from: [any] }\n" + DROPPING));
        assertReaches(Place.STRANGER, Protocol.TCP, Place.HOST, family, 22, true);
        assertReaches(Place.STRANGER, Protocol.TCP, Place.HOST, family, 8080, true);
        assertReaches(Place.ITSP, Protocol.UDP, Place.HOST, family, 5060, true);
        assertThat(net.lab
                        .from(Place.STRANGER)
                        .reach(
                                Protocol.TCP,
                                Place.STRANGER.address(family),
                                Place.HOST.address(family),
                                9,
                                TestLab.PATIENCE)
                        .join())
                .as("the kernel's own answer that nobody listens")
                .isEqualTo(Reach.REFUSED);
        assertThat(net.lab
                        .from(Place.STRANGER)
                        .ping(Place.HOST.address(family), TestLab.PATIENCE)
                        .join())
                .isEqualTo(Reach.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void refuseStopsTollFraudAndSpamAndNothingElse(Family family) {
        net.enforce(TestLab.policy(GROUPS + REFUSING));
        for (var from : List.of(Place.HOST, Place.CONTAINER)) {
            assertReaches(from, Protocol.UDP, Place.ITSP, family, 5060, true);
            assertReaches(from, Protocol.UDP, Place.STRANGER, family, 5060, false);
            assertReaches(from, Protocol.TCP, Place.ADMIN, family, 25, true);
            assertReaches(from, Protocol.TCP, Place.STRANGER, family, 25, false);
            assertReaches(from, Protocol.TCP, Place.STRANGER, family, 443, true);
        }
    }

    /** After connection tracking has lost a flow, it sees an answer first and takes it for the start of a flow. */
    @ParameterizedTest
    @EnumSource
    void runningFlowsContinueWhenTrackingHasTheirDirectionReversed(Family family) throws Exception {
        net.enforce(TestLab.policy(GROUPS));
        var calls = List.of(
                net.lab
                        .from(Place.STRANGER)
                        .converse(Protocol.TCP, Place.STRANGER.address(family), Place.HOST.address(family), 22)
                        .join(),
                net.lab
                        .from(Place.ITSP)
                        .converse(Protocol.UDP, Place.ITSP.address(family), Place.HOST.address(family), 5060)
                        .join());
        for (var call : calls) {
            assertThat(call.awaitUp(TestLab.PATIENCE)).isPresent();
        }
        backwards();
        net.enforce(TestLab.policy(GROUPS + DROPPING));
        Thread.sleep(TestLab.A_MOMENT.multipliedBy(4));
        for (var call : calls) {
            assertThat(call.lasted(TestLab.PATIENCE)).as("it goes on").isTrue();
            call.stop().join();
        }
        net.nft(Place.HOST, "delete table inet backwards\n");
    }

    /**
     * Deletes all flows, and hides incoming packets from connection tracking until it has learned the flows from the
     * answers.
     */
    private void backwards() throws InterruptedException {
        net.nft(Place.HOST, """
                table inet backwards {
                    chain in {
                        type filter hook prerouting priority -300; policy accept;
                        notrack
                    }
                }
                """);
        net.run(Place.HOST, "conntrack", "-F");
        Thread.sleep(500);
        net.nft(Place.HOST, "flush chain inet backwards in\n");
        Thread.sleep(500);
    }

    @Test
    void aRemovedDestinationIsUnreachableAtOnceAndAFlushedTableIsRepaired() throws Exception {
        net.enforce(TestLab.policy(GROUPS + DROPPING.replace("25/tcp", "25/tcp, 443/tcp")));
        var flow = net.lab
                .from(Place.HOST)
                .converse(Protocol.TCP, Place.HOST.address(Family.V4), Place.ADMIN.address(Family.V4), 443)
                .join();
        assertThat(flow.awaitUp(TestLab.PATIENCE)).isPresent();
        net.enforce(TestLab.policy(GROUPS + DROPPING));
        assertThat(flow.awaitDown(TestLab.PATIENCE)).isPresent();
        flow.stop().join();
        net.nft(Place.HOST, "flush chain inet portero output\ndelete chain inet portero output\n");
        assertReaches(Place.HOST, Protocol.TCP, Place.STRANGER, Family.V4, 443, true);
        net.enforce(TestLab.policy(GROUPS + DROPPING));
        assertReaches(Place.HOST, Protocol.TCP, Place.STRANGER, Family.V4, 443, false);
    }

    @Test
    void withoutRulesThereAreNoChains() {
        net.enforce(TestLab.policy(GROUPS + DROPPING));
        assertThat(chains()).contains("chain output", "chain forward", "dropped.users_v4");
        for (var nothing : List.of("", "outgoing: { default: accept }\n")) {
            net.enforce(TestLab.policy(GROUPS + nothing));
            assertThat(chains()).doesNotContain("output", "forward", "outgoing");
        }
    }

    private String chains() {
        return net.output(Place.HOST, "nft", "list", "table", "inet", "portero");
    }

    @ParameterizedTest
    @EnumSource
    void modeObserveLetsPacketsLeaveAndRemembersDestinationAndUser(Family family) {
        net.enforce(TestLab.policy("mode: observe\n" + GROUPS + DROPPING));
        assertReaches(Place.HOST, Protocol.TCP, Place.STRANGER, family, 443, true);
        assertReaches(Place.CONTAINER, Protocol.TCP, Place.STRANGER, family, 25, true);
        Predicate<DroppedSource> there = d -> d.source().toString().equals(Place.STRANGER.address(family));
        assertThat(remembered(Seen.destinations(family)))
                .filteredOn(there)
                .extracting(d -> d.wanted().map(Object::toString).orElse(""))
                .contains("443/tcp", "25/tcp");
        assertThat(remembered(Seen.users(family)))
                .filteredOn(there)
                .isNotEmpty()
                .allSatisfy(d -> assertThat(d.user()).contains(0L))
                .noneMatch(d -> d.wanted().map(Object::toString).orElse("").equals("25/tcp"));
    }

    private List<DroppedSource> remembered(Seen set) {
        return switch (net.firewall.dropped(set)) {
            case Reading.Of<List<DroppedSource>>(var seen) -> seen;
            case Reading.Failed<List<DroppedSource>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }
}
