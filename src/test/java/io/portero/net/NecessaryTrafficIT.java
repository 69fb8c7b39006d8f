package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Traffic that keeps a host on its network passes even from denied sources: here all reserved networks are denied, as
 * on public lists.
 */
@TestInstance(Lifecycle.PER_CLASS)
class NecessaryTrafficIT {
    private static final String POLICY = """
            groups:
              bogons: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16,
                       224.0.0.0/3, "fe80::/10", "fc00::/7", "8000::/1", "::/8"]
            services:
              ssh:   { ports: [22/tcp], from: [any], management: true }
              https: { ports: [443/tcp], from: [any] }
              ipsec: { ports: [ah], from: ["2001:db8:203::10"] }
            deny: [bogons]
            ping: []
            """;

    private TestLab net;
    private Sighting sighting;

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.ITSP, Place.CONTAINER);
        sighting = net.lab.sighting();
        sighting.start();
        net.lab.from(Place.HOST).listen(Protocol.TCP, 443).join();
        net.ip(Place.HOST, "link add lan0 type veth peer name lan1");
        net.ip(Place.HOST, "link set lan1 netns " + net.lab.namespace(Place.CONTAINER));
        net.ip(Place.CONTAINER, "address add 10.97.0.1/24 brd + dev lan1");
        net.ip(Place.CONTAINER, "address add 2001:db8:97::1/64 dev lan1 nodad");
        net.run(Place.CONTAINER, "sysctl", "-qw", "net.ipv6.conf.lan1.accept_dad=0");
        net.run(Place.HOST, "sysctl", "-qw", "net.ipv6.conf.lan0.accept_dad=0");
        net.ip(Place.CONTAINER, "link set lan1 up");
        net.ip(Place.HOST, "link set lan0 up");
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

    @Test
    void neighbourDiscoveryWorksWithDeniedAddresses() throws Exception {
        net.lab.ip(Place.HOST, "neigh flush dev eth0\n");
        net.lab.ip(Place.WIRE, "neigh flush dev to-host\n");

        for (var family : Family.values()) {
            assertThat(https(family)).isEqualTo(Reach.OPEN);
        }
    }

    private Reach https(Family family) {
        return net.lab
                .from(Place.MONITOR)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), 443, TestLab.PATIENCE)
                .join();
    }

    @Test
    void theHostCanPingAllItsNeighboursByMulticast() {
        assertThat(net.output(Place.HOST, "ping", "-c", "3", "-i", "0.3", "-W", "5", "ff02::1%lan0"))
                .contains("bytes from fe80::");
    }

    @Test
    void theHostCanPingItsBroadcastAddress() {
        net.ip(Place.HOST, "address replace 10.97.0.7/24 brd + dev lan0");
        net.run(Place.CONTAINER, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_broadcasts=0");

        assertThat(net.output(Place.HOST, "ping", "-b", "-c", "3", "-i", "0.3", "-W", "5", "10.97.0.255"))
                .contains("bytes from 10.97.0.1");
    }

    /** Uses a datagram whose protocol number is changed when it leaves. */
    @Test
    void queriesOfAMulticastRouterPass() {
        net.ip(Place.HOST, "address replace 10.97.0.7/24 brd + dev lan0");
        net.disguise(Place.CONTAINER, "udp sport 2 ip protocol set 2");
        net.ip(Place.CONTAINER, "route replace 224.0.0.0/4 dev lan1");

        net.lab
                .from(Place.CONTAINER)
                .datagram("10.97.0.1,2", "224.0.0.1", 9, new byte[8])
                .join();

        Awaitility.await()
                .until(() -> sighting.delivered().keySet().stream()
                        .anyMatch(s -> s.from().equals(TestLab.address("10.97.0.1")) && s.protocol() == 2));
    }

    /**
     * The ports of the datagram become the first words of the header: ESP follows (50), and the length is twelve bytes.
     */
    @Test
    void aServiceAdmitsAuthenticationHeadersOverIpv6() {
        for (var place : List.of(Place.ITSP, Place.MONITOR)) {
            net.disguise(place, "udp sport 12801 ip6 nexthdr set 51");
        }
        for (var place : List.of(Place.ITSP, Place.MONITOR)) {
            net.lab
                    .from(place)
                    .datagram(place.address(Family.V6) + "," + 0x3201, Place.HOST.address(Family.V6), 9, new byte[24])
                    .join();
        }
        Awaitility.await()
                .until(() -> sighting.came().keySet().stream()
                                .filter(s -> s.from().family() == Family.V6 && s.protocol() != 58)
                                .map(Sight::from)
                                .distinct()
                                .count()
                        == 2);
        assertThat(sighting.passed().keySet().stream()
                        .filter(s -> s.from().family() == Family.V6 && s.protocol() != 58)
                        .map(s -> s.from().toString())
                        .distinct())
                .containsExactly(Place.ITSP.address(Family.V6));
    }

    @Test
    void untrackedAnswersHaveTheirOwnCounter() {
        net.lab.from(Place.MONITOR).listen(Protocol.UDP, 53).join();
        net.nft(Place.HOST, """
                table inet exempt {
                    chain out {
                        type filter hook output priority raw;
                        udp dport 53 notrack
                    }
                    chain back {
                        type filter hook prerouting priority raw;
                        udp sport 53 notrack
                    }
                }
                """);
        try {
            assertThat(net.lab
                            .from(Place.HOST)
                            .reach(
                                    Protocol.UDP,
                                    Outpost.ANY_SOURCE,
                                    Place.MONITOR.address(Family.V4),
                                    53,
                                    TestLab.A_MOMENT)
                            .join())
                    .isEqualTo(Reach.SILENT);
            assertThat(net.dropped("untracked")).isPositive();
        } finally {
            net.nft(Place.HOST, "delete table inet exempt");
        }
    }

    /** With real DHCP: the server answers renewals every few seconds, and its address is denied. */
    @Test
    void dhcpLeasesCanBeObtainedAndRenewed() throws Exception {
        var directory = net.lab.directory();
        var config = Files.writeString(directory.resolve("dhcp.conf"), """
                port=0
                no-ping
                interface=lan1
                bind-interfaces
                dhcp-range=10.97.0.100,10.97.0.200,2m
                dhcp-range=2001:db8:97::100,2001:db8:97::200,64,2m
                dhcp-leasefile=%1$s/dhcp.leases
                log-dhcp
                log-facility=%1$s/dhcp.log
                user=root
                """.formatted(directory));
        net.ip(Place.HOST, "address flush dev lan0 scope global");
        try (var server = net.lab.start(
                        Place.CONTAINER, "dhcp", List.of("dnsmasq", "-k", "-C", config.toString(), "--pid-file="));
                var client = client("4");
                var client6 = client("6")) {
            assertThat(server.isAlive() && client.isAlive() && client6.isAlive())
                    .isTrue();
            var log = directory.resolve("dhcp.log");
            Awaitility.await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
                assertThat(lines(log, "DHCPACK(lan1)"))
                        .as("IPv4, with renewals")
                        .isGreaterThanOrEqualTo(4);
                assertThat(lines(log, "DHCPREPLY(lan1)")).as("IPv6").isPositive();
            });
            var all = Files.readAllLines(log);
            assertThat(all.stream().dropWhile(l -> !l.contains("DHCPACK(lan1)")))
                    .as("started anew after the first lease")
                    .noneMatch(l -> l.contains("DHCPDISCOVER(lan1)"));
        }
    }

    private io.portero.exec.Child client(String family) throws IOException {
        var directory = net.lab.directory();
        var script = Files.writeString(directory.resolve("configure"), """
                #!/bin/sh
                [ -z "$new_ip_address" ] || ip address replace "$new_ip_address/24" dev "$interface"
                exit 0
                """);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        var config = Files.writeString(directory.resolve("dhclient.conf"), """
                initial-interval 1;
                supersede dhcp-renewal-time 2;
                supersede dhcp-rebinding-time 60;
                """);
        return net.lab.start(
                Place.HOST,
                "dhclient-" + family,
                List.of(
                        "dhclient",
                        "-" + family,
                        "-d",
                        "-v",
                        "-cf",
                        config.toString(),
                        "-sf",
                        script.toString(),
                        "-lf",
                        directory.resolve("client-" + family + ".leases").toString(),
                        "-pf",
                        directory.resolve("client-" + family + ".pid").toString(),
                        "lan0"));
    }

    private static long lines(Path log, String containing) throws IOException {
        if (!Files.exists(log)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(l -> l.contains(containing)).count();
        }
    }
}
