package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Containers and virtual machines behind bridges of this host, reached from outside without a published port. */
@TestInstance(Lifecycle.PER_CLASS)
class BridgesIT {
    private static final String POLICY = """
            services:
              ssh:    { ports: [22/tcp], from: [any], management: true }
              webrtc: { ports: [20000-30000/udp], from: [any] }
            ping: [203.0.113.10]
            trusted-interfaces: [br-portero]
            """;

    private TestLab net;
    private Sighting sighting;

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.CONTAINER);
        sighting = net.lab.sighting();
        sighting.start();
        net.ip(Place.WIRE, "route replace 172.31.255.0/24 via 192.0.2.1 dev to-host onlink");
        net.ip(Place.WIRE, "-6 route replace fd00:db8:c0::/64 via fe80::2 dev to-host");
        for (int port : new int[] {80, 5432}) {
            net.lab.from(Place.CONTAINER).listen(Protocol.TCP, port).join();
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
        net.enforce(TestLab.policy(POLICY));
        sighting.forget();
    }

    /** A neighbour that routes the bridge's network through this host needs no published port. */
    @Test
    void aContainersOwnAddressIsUnreachableUnlessAServiceAdmitsIt() {
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

    /**
     * Docker's {@code gateway_mode_ipv4=routed} (and {@code _ipv6}): without translation. Rules at hook forward, which
     * come after the choke point, let packets pass to published ports of a container.
     */
    @Test
    void aRoutedContainerIsReachableAtPortsThatBothDockerAndAServiceOpen() {
        for (var family : Family.values()) {
            net.nft(Place.HOST, routed(family));
        }
        try {
            expect(80, Reach.SILENT);
            expect(5432, Reach.SILENT);
            assertThat(ping()).isEqualTo(Reach.SILENT); // Docker itself would let it pass

            // The policy names the container's port, because nothing translates it.
            net.enforce(TestLab.policy(
                    POLICY.replace("ping:", "  web: { ports: [80/tcp, 5432/tcp], from: [any] }\nping:")));
            expect(80, Reach.OPEN);
            expect(5432, Reach.SILENT); // Docker does not let it pass
            net.enforce(TestLab.policy(POLICY.replace("ping:", "  web: { ports: [8080/tcp], from: [any] }\nping:")));
            expect(80, Reach.SILENT);

            // On a bridge that is not trusted, Docker alone decides.
            net.enforce(TestLab.policy(POLICY.replace("[br-portero]", "[]")));
            expect(80, Reach.OPEN);
            expect(5432, Reach.SILENT);
        } finally {
            net.nft(Place.HOST, "delete table ip filter\ndelete table ip6 filter\n");
        }
    }

    private Reach ping() {
        return net.lab
                .from(Place.MONITOR)
                .ping(Place.CONTAINER.address(Family.V4), TestLab.A_MOMENT)
                .join();
    }

    private void expect(int port, Reach reach) {
        for (var family : Family.values()) {
            assertThat(tcp(
                            Place.CONTAINER.address(family),
                            port,
                            reach == Reach.OPEN ? TestLab.PATIENCE : TestLab.A_MOMENT))
                    .as(port + " over " + family)
                    .isEqualTo(reach);
        }
    }

    /** The chains that moby creates for a network with {@code -p 8080:80}; the host's port does not matter. */
    private static String routed(Family family) {
        boolean v4 = family == Family.V4;
        return """
                table %1$s filter {
                    chain DOCKER {
                        iifname != "br-portero" oifname "br-portero" %1$s daddr %2$s tcp dport 80 accept
                        oifname "br-portero" meta l4proto %3$s accept
                        iifname != "br-portero" oifname "br-portero" drop
                    }
                    chain DOCKER-CT {
                        oifname "br-portero" ct state established,related accept
                    }
                    chain DOCKER-BRIDGE {
                        oifname "br-portero" jump DOCKER
                    }
                    chain DOCKER-FORWARD {
                        jump DOCKER-CT
                        jump DOCKER-BRIDGE
                        iifname "br-portero" accept
                    }
                    chain DOCKER-USER {
                    }
                    chain FORWARD {
                        type filter hook forward priority filter; policy drop;
                        jump DOCKER-USER
                        jump DOCKER-FORWARD
                    }
                }
                """.formatted(v4 ? "ip" : "ip6", Place.CONTAINER.address(family), v4 ? "icmp" : "ipv6-icmp");
    }

    private Reach tcp(String to, int port, Duration patience) {
        return net.lab
                .from(Place.MONITOR)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, to, port, patience)
                .join();
    }

    /**
     * With br_netfilter, a broadcast frame of a virtual machine on its bridge is the same packet as the host's copy.
     */
    @Test
    void broadcastsOfVirtualMachinesReachTheOthersOnTheBridgeAndNotTheHost() {
        net.ip(Place.HOST, "link add br-vm type bridge");
        net.ip(Place.HOST, "link set br-vm up");
        net.ip(Place.HOST, "address add 10.98.0.1/24 brd + dev br-vm");
        for (int i = 1; i <= 2; i++) {
            net.ip(Place.HOST, "link add vm" + i + " type veth peer name nic" + i);
            net.ip(Place.HOST, "link set vm" + i + " master br-vm up");
        }
        net.ip(Place.HOST, "link set nic1 netns " + net.lab.namespace(Place.CONTAINER));
        net.ip(Place.HOST, "link set nic2 netns " + net.lab.namespace(Place.MONITOR));
        net.ip(Place.CONTAINER, "address add 10.98.0.11/24 brd + dev nic1");
        net.ip(Place.CONTAINER, "link set nic1 up");
        net.ip(Place.MONITOR, "address add 10.98.0.12/24 brd + dev nic2");
        net.ip(Place.MONITOR, "link set nic2 up");
        boolean filtered = net.succeeds(Place.HOST, "sysctl", "net.bridge.bridge-nf-call-iptables");
        if (filtered) { // without br_netfilter, the rest of the test is still valid
            bridgeFilter(1);
        }
        var others = net.lab.at(Place.MONITOR);
        net.nft(Place.MONITOR, """
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
            assertThat(sighting.came()).containsKey(new Sight(TestLab.address("10.98.0.11"), 17, 9999));
            assertThat(sighting.delivered()).doesNotContainKey(new Sight(TestLab.address("10.98.0.11"), 17, 9999));
        } finally {
            if (filtered) {
                bridgeFilter(0);
            }
            net.nft(Place.MONITOR, "delete table inet seen");
            net.ip(Place.HOST, "link del vm1");
            net.ip(Place.HOST, "link del vm2");
            net.ip(Place.HOST, "link del br-vm");
        }
    }

    private void bridgeFilter(int on) {
        net.run(Place.HOST, "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=" + on);
    }

    private static byte[] payload() {
        return "anybody there".getBytes(StandardCharsets.US_ASCII);
    }
}
