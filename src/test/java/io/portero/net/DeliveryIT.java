package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
 * Whatever the kernel delivers to this host is judged, for every kind of destination that there is.
 *
 * <p>Somebody whom no service admits at 5060/udp sends there, and to 20000/udp, which everybody may reach; the kernel counts
 * at hook input what it delivers.
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

    /**
     * Where a packet may be sent so that the kernel delivers it here.
     *
     * @param here what is done at the host, in words of {@code ip}
     * @param there what the router must know
     */
    record Destination(String kind, String address, List<String> here, List<String> there) {
        @Override
        public String toString() {
            return kind;
        }
    }

    static Stream<Destination> destinations() {
        return Stream.of(
                new Destination("its address", "192.0.2.1", List.of(), List.of()),
                new Destination("its address, IPv6", "2001:db8::1", List.of(), List.of()),
                new Destination(
                        "a second address",
                        "192.0.2.2",
                        List.of("address add 192.0.2.2/32 dev eth0"),
                        List.of("route add 192.0.2.2/32 via 192.0.2.1 dev to-host onlink")),
                new Destination(
                        "the anycast address of a prefix",
                        "2001:db8:e1::",
                        List.of("address add 2001:db8:e1::5/64 dev br-portero nodad"),
                        List.of("-6 route add 2001:db8:e1::/64 via fe80::2 dev to-host")),
                new Destination(
                        "AnyIP over IPv4",
                        "198.51.100.200",
                        List.of("route add local 198.51.100.200/32 dev lo table main"),
                        List.of("route add 198.51.100.200/32 via 192.0.2.1 dev to-host onlink")),
                new Destination(
                        "AnyIP over IPv6",
                        "2001:db8:e2::77",
                        List.of("-6 route add local 2001:db8:e2::/64 dev lo"),
                        List.of("-6 route add 2001:db8:e2::/64 via fe80::2 dev to-host")),
                new Destination(
                        "an address of another routing table",
                        "198.51.100.201",
                        List.of(
                                "rule add to 198.51.100.201 table 77 pref 50",
                                "route add local 198.51.100.201/32 dev lo table 77"),
                        List.of("route add 198.51.100.201/32 via 192.0.2.1 dev to-host onlink")),
                new Destination(
                        "an address of another routing table, IPv6",
                        "2001:db8:e3::1",
                        List.of(
                                "-6 rule add to 2001:db8:e3::1 table 77 pref 50",
                                "-6 route add local 2001:db8:e3::1/128 dev lo table 77"),
                        List.of("-6 route add 2001:db8:e3::/64 via fe80::2 dev to-host")));
    }

    /** Where a packet may be sent so that the kernel forwards it: to a container, to another network behind this host. */
    static Stream<Destination> onward() {
        return Stream.of(
                new Destination(
                        "a container's own address",
                        "172.31.255.2",
                        List.of("route replace 172.31.255.0/24 dev br-portero"),
                        List.of("route add 172.31.255.0/24 via 192.0.2.1 dev to-host onlink")),
                new Destination(
                        "a container's own address, IPv6",
                        "fd00:db8:c0::2",
                        List.of("-6 route replace fd00:db8:c0::/64 dev br-portero"),
                        List.of("-6 route add fd00:db8:c0::/64 via fe80::2 dev to-host")),
                new Destination(
                        "an address behind this host",
                        "198.51.100.210",
                        List.of(
                                "link add lan9 type bridge",
                                "link set lan9 up",
                                "route add 198.51.100.210/32 dev lan9"),
                        List.of("route add 198.51.100.210/32 via 192.0.2.1 dev to-host onlink")),
                new Destination(
                        "an address behind this host, IPv6",
                        "2001:db8:e4::1",
                        List.of("-6 route add 2001:db8:e4::1/128 dev lan9"),
                        List.of("-6 route add 2001:db8:e4::/64 via fe80::2 dev to-host")));
    }

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.ITSP, Place.CONTAINER);
        sighting = net.lab.sighting();
        sighting.start();
        destinations().forEach(d -> {
            d.here().forEach(words -> ip(Place.HOST, words));
            d.there().forEach(words -> ip(Place.WIRE, words));
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
    @MethodSource("destinations")
    void whatTheKernelDeliversIsJudged(Destination to) {
        send(to.address(), CLOSED);
        send(to.address(), OPEN);

        var open = sight(to.address(), OPEN);
        Awaitility.await().until(() -> sighting.delivered().containsKey(open));
        assertThat(sighting.came()).containsKey(sight(to.address(), CLOSED));
        assertThat(sighting.delivered()).doesNotContainKey(sight(to.address(), CLOSED));
    }

    /** The other half: it is the second chain that keeps these out, and it says so. */
    @Test
    void whatIsNoAddressOfTheMainTablesIsCountedAsStray() {
        long before = dropped("stray");
        send("198.51.100.201", CLOSED);
        send("198.51.100.201", OPEN);
        Awaitility.await().until(() -> sighting.delivered().containsKey(sight("198.51.100.201", OPEN)));
        assertThat(dropped("stray")).isEqualTo(before + 1);
    }

    @Test
    void theAnycastAddressDoesNotAnswerPingsThatThePolicyRefuses() {
        var from = net.lab.from(Place.MONITOR);
        assertThat(from.ping("2001:db8:e1::", TestLab.A_MOMENT).join()).isEqualTo(Reach.SILENT);
        net.enforce(TestLab.policy(POLICY.replace("ping: [203.0.113.10]", "ping: [any]")));
        assertThat(from.ping("2001:db8:e1::5", TestLab.PATIENCE).join()).isEqualTo(Reach.OPEN);
    }

    @Test
    void aVrfIsJudged() {
        Assumptions.assumeTrue(
                isDone(net.lab.run(Place.HOST, "ip", "link", "add", "vrf-x", "type", "vrf", "table", "78")),
                "this kernel has no VRF");
        ip(Place.HOST, "link set vrf-x up");
        ip(Place.HOST, "link add x0 type veth peer name x1");
        ip(Place.HOST, "link set x1 netns " + namespaceOf(Place.CONTAINER));
        ip(Place.HOST, "link set x0 master vrf-x");
        ip(Place.HOST, "address add 10.99.0.1/24 dev x0");
        ip(Place.HOST, "link set x0 up");
        ip(Place.CONTAINER, "address add 10.99.0.2/24 dev x1");
        ip(Place.CONTAINER, "link set x1 up");
        try {
            var container = net.lab.from(Place.CONTAINER);
            container.datagram("10.99.0.2", "10.99.0.1", CLOSED, payload()).join();
            container.datagram("10.99.0.2", "10.99.0.1", OPEN, payload()).join();
            var from = address("10.99.0.2");
            Awaitility.await().until(() -> sighting.delivered().containsKey(new Sight(from, 17, OPEN)));
            assertThat(sighting.delivered()).doesNotContainKey(new Sight(from, 17, CLOSED));
        } finally {
            ip(Place.HOST, "link del x0");
            ip(Place.HOST, "link del vrf-x");
        }
    }

    /** A neighbour who routes the bridge's network through this host needs no published port. */
    @Test
    void aContainersOwnAddressIsNotReachedUnlessAServiceAdmitsIt() {
        ip(Place.WIRE, "route replace 172.31.255.0/24 via 192.0.2.1 dev to-host onlink");
        ip(Place.WIRE, "-6 route replace fd00:db8:c0::/64 via fe80::2 dev to-host");
        net.lab.from(Place.CONTAINER).listen(Protocol.TCP, 5432).join();
        for (var family : Family.values()) {
            var container = Place.CONTAINER.address(family);
            assertThat(tcp(container, 5432, TestLab.A_MOMENT)).isEqualTo(Reach.SILENT);
        }
        net.enforce(TestLab.policy(POLICY.replace("ping:", "  db: { ports: [5432/tcp], from: [any] }\nping:")));
        for (var family : Family.values()) {
            assertThat(tcp(Place.CONTAINER.address(family), 5432, TestLab.PATIENCE))
                    .isEqualTo(Reach.OPEN);
        }
    }

    private Reach tcp(String to, int port, Duration patience) {
        return net.lab
                .from(Place.MONITOR)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, to, port, patience)
                .join();
    }

    /** With br_netfilter a frame of a virtual machine to all others on its bridge is one packet with the host's copy. */
    @Test
    void broadcastsOfVirtualMachinesReachTheOthersOnTheBridgeAndNotTheHost() {
        ip(Place.HOST, "link add br-vm type bridge");
        ip(Place.HOST, "link set br-vm up");
        ip(Place.HOST, "address add 10.98.0.1/24 brd + dev br-vm");
        for (int i = 1; i <= 2; i++) {
            ip(Place.HOST, "link add vm" + i + " type veth peer name nic" + i);
            ip(Place.HOST, "link set vm" + i + " master br-vm up");
        }
        ip(Place.HOST, "link set nic1 netns " + namespaceOf(Place.CONTAINER));
        ip(Place.HOST, "link set nic2 netns " + namespaceOf(Place.MONITOR));
        ip(Place.CONTAINER, "address add 10.98.0.11/24 brd + dev nic1");
        ip(Place.CONTAINER, "link set nic1 up");
        ip(Place.MONITOR, "address add 10.98.0.12/24 brd + dev nic2");
        ip(Place.MONITOR, "link set nic2 up");
        boolean filtered = isDone(net.lab.run(Place.HOST, "sysctl", "net.bridge.bridge-nf-call-iptables"));
        if (filtered) { // elsewhere the rest of the test holds all the same
            bridgeFilter(1);
        }
        var others = net.lab.at(Place.MONITOR);
        nft(Place.MONITOR, """
                table inet seen {
                    counter frames {
                    }
                    chain input {
                        type filter hook input priority filter; policy accept;
                        udp dport 9999 counter name "frames"
                    }
                }
                """);
        try {
            Awaitility.await().untilAsserted(() -> {
                net.lab
                        .from(Place.CONTAINER)
                        .datagram("10.98.0.11", "10.98.0.255", 9999, payload())
                        .join();
                assertThat(others.run(Command.of(TestLab.PATIENCE, "nft", "list", "counter", "inet", "seen", "frames")))
                        .isInstanceOfSatisfying(
                                CommandResult.Completed.class,
                                done -> assertThat(done.output()).doesNotContain("packets 0"));
            });
            assertThat(sighting.came()).containsKey(new Sight(address("10.98.0.11"), 17, 9999));
            assertThat(sighting.delivered()).doesNotContainKey(new Sight(address("10.98.0.11"), 17, 9999));
        } finally {
            if (filtered) {
                bridgeFilter(0);
            }
            nft(Place.MONITOR, "delete table inet seen");
            ip(Place.HOST, "link del vm1");
            ip(Place.HOST, "link del vm2");
            ip(Place.HOST, "link del br-vm");
        }
    }

    private void bridgeFilter(int on) {
        run(Place.HOST, "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=" + on);
    }

    private static boolean isDone(CommandResult result) {
        return result instanceof CommandResult.Completed done && done.succeeded();
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
        return new Sight(address(Place.MONITOR.address(address(to).family())), 17, port);
    }

    private static Ip address(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private long dropped(String reason) {
        return switch (net.firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.get("dropped_" + reason).packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private String namespaceOf(Place place) {
        return net.lab.namespace(place);
    }

    private void ip(Place place, String words) {
        run(place, Stream.concat(Stream.of("ip"), Stream.of(words.split(" "))).toArray(String[]::new));
    }

    private void nft(Place place, String script) {
        succeeded(net.lab.at(place).run(new Command(List.of("nft", "-f", "-"), script, TestLab.PATIENCE)));
    }

    private void run(Place place, String... words) {
        succeeded(net.lab.run(place, words));
    }

    private static void succeeded(CommandResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.exitCode()).as(done.errors()).isZero());
    }
}
