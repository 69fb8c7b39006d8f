package io.portero.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exposure.Exposure.Door;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ExposureTest {
    private static final Policy POLICY = policy("""
            groups: { admins: [198.51.100.7], six: ["2001:db8::/32"], bad: [203.0.113.0/24], none: [] }
            services:
              ssh:   { ports: [22/tcp], from: [admins], management: true }
              https: { ports: [443/tcp], from: [any] }
              db:    { ports: [5432/tcp], from: [any] }
              halves: { ports: [81/tcp], from: [0.0.0.0/1, 128.0.0.0/1] }
              gone:  { ports: [82/tcp], from: [bad] }
              v6:    { ports: [83/tcp], from: [six] }
              media: { ports: [20000-30000/udp], from: [any] }
              tunnel: { ports: [gre], from: [any] }
              off:   { ports: [84/tcp], from: [any], enabled: false }
            deny: [bad]
            """);

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static Listener socket(String port, String address) {
        return socket(port, address, "program");
    }

    private static Listener socket(String port, String address, String program) {
        try {
            return new Listener.Socket(PortRange.parse(port), Ip.parse(address), program);
        } catch (PortRange.NotAPort | Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static Listener published(String ports, String address, String to) {
        try {
            return new Listener.Published(PortRange.parse(ports), AddressRange.parse(address), to);
        } catch (PortRange.NotAPort | Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static Scope scope(Listener... listeners) {
        return door(listeners).scope();
    }

    private static Door door(Listener... listeners) {
        var doors = Exposure.of(POLICY, true, List.of(listeners)).doors();
        assertThat(doors).hasSize(1);
        return doors.getFirst();
    }

    @Test
    void findsTheSourcesThatReachEachListener() {
        assertThat(scope(socket("443/tcp", "0.0.0.0"))).isEqualTo(Scope.ANY);
        assertThat(scope(socket("81/tcp", "0.0.0.0"))).as("all of a family").isEqualTo(Scope.ANY);
        assertThat(scope(socket("22/tcp", "0.0.0.0"))).isEqualTo(Scope.SOME);
        assertThat(scope(socket("9999/tcp", "0.0.0.0"))).as("no service").isEqualTo(Scope.NOBODY);
        assertThat(scope(socket("82/tcp", "0.0.0.0"))).as("all denied").isEqualTo(Scope.NOBODY);
        assertThat(scope(socket("84/tcp", "0.0.0.0"))).as("disabled").isEqualTo(Scope.NOBODY);
        assertThat(scope(socket("443/udp", "0.0.0.0"))).as("other protocol").isEqualTo(Scope.NOBODY);
    }

    @Test
    void aSocketIsReachableOverTheFamiliesThatItListensOn() {
        assertThat(scope(socket("83/tcp", "0.0.0.0"))).isEqualTo(Scope.NOBODY);
        assertThat(scope(socket("83/tcp", "::"))).isEqualTo(Scope.SOME);
        assertThat(scope(socket("22/tcp", "::"))).as(":: takes IPv4 too").isEqualTo(Scope.SOME);
        assertThat(scope(socket("22/tcp", "2001:db8::1"))).isEqualTo(Scope.NOBODY);
    }

    @Test
    void aPortOnLoopbackIsLocalUnlessAnotherSocketHasIt() {
        assertThat(scope(socket("443/tcp", "127.0.0.53"))).isEqualTo(Scope.LOCAL);
        assertThat(scope(socket("443/tcp", "::1"))).isEqualTo(Scope.LOCAL);
        assertThat(scope(published("443/tcp", "127.0.0.1", "10.0.0.2:443"))).isEqualTo(Scope.LOCAL);
        assertThat(scope(socket("443/tcp", "127.0.0.1"), socket("443/tcp", "192.0.2.1")))
                .isEqualTo(Scope.ANY);
    }

    @Test
    void aServiceOnAPrivateNetworkIsNotOpenToEverybody() throws Exception {
        var policy = policy("""
                services:
                  ssh: { ports: [22/tcp],   from: [any], management: true, on: ["eth*"] }
                  db:  { ports: [5432/tcp], from: [any], on: [eth1, eth9] }
                  lan: { ports: [6379/tcp], from: [any], to: [10.20.0.5] }
                """);
        var host = new Surroundings(
                new TreeMap<>(Map.of(
                        "eth0", new TreeSet<>(List.of(Ip.parse("8.8.8.8"))),
                        "eth1", new TreeSet<>(List.of(Ip.parse("10.20.0.5"))))),
                List.of(),
                new TreeSet<>());
        var listeners = List.of(
                socket("22/tcp", "0.0.0.0"),
                socket("5432/tcp", "0.0.0.0"),
                socket("6379/tcp", "0.0.0.0"),
                socket("6379/tcp", "::1"));
        var doors = Exposure.of(policy, true, listeners, Map.of(), new Interfaces(host)::isPublic)
                .doors();
        assertThat(doors.stream().map(d -> d.ports() + " " + d.scope()))
                .containsExactly("22/tcp ANY", "5432/tcp SOME", "6379/tcp SOME");
        var elsewhere = Exposure.of(policy, true, List.of(socket("6379/tcp", "8.8.8.8")))
                .doors();
        assertThat(elsewhere).extracting(Door::scope).containsExactly(Scope.NOBODY);
    }

    @Test
    void withoutEnforcementEverythingIsOpen() {
        var doors = Exposure.of(POLICY, false, List.of(socket("9999/tcp", "0.0.0.0"), socket("9998/tcp", "127.0.0.1")))
                .doors();
        assertThat(doors).extracting(Door::scope).containsExactly(Scope.ANY, Scope.LOCAL);
    }

    @Test
    void dangerousDoorsComeFirst() {
        var doors = Exposure.of(
                        POLICY,
                        true,
                        List.of(
                                socket("22/tcp", "0.0.0.0"),
                                socket("443/tcp", "0.0.0.0"),
                                socket("5432/tcp", "0.0.0.0"),
                                published("81/tcp", "0.0.0.0/0", "10.0.0.2:6379"),
                                socket("20000/udp", "0.0.0.0", "redis-server"),
                                socket("6379/tcp", "0.0.0.0")))
                .doors();
        assertThat(doors.stream().map(d -> d.ports() + " " + d.delicate().orElse("-") + " " + d.isDangerous()))
                .containsExactly(
                        "81/tcp Redis true",
                        "5432/tcp PostgreSQL true",
                        "20000/udp redis-server true",
                        "443/tcp - false",
                        "22/tcp - false",
                        "6379/tcp Redis false");
    }

    @Test
    void theAgentsOwnPortIsNotTakenForPrometheus() {
        assertThat(door(socket("9090/tcp", "0.0.0.0", "portero")).delicate()).contains("metrics");
        assertThat(door(socket("9090/tcp", "0.0.0.0", "prometheus")).delicate()).contains("Prometheus");
    }

    @Test
    void namesTheEventSocketOfFreeSwitch() {
        assertThat(door(socket("8021/tcp", "0.0.0.0", "freeswitch")).delicate()).contains("FreeSWITCH event socket");
    }

    @Test
    void reportsAdmittedPortsWithoutAListener() {
        var idle = Exposure.of(
                        POLICY,
                        true,
                        List.of(
                                socket("443/tcp", "127.0.0.1"),
                                socket("22/tcp", "0.0.0.0"),
                                socket("20010/udp", "0.0.0.0"),
                                published("80-83/tcp", "0.0.0.0/0", "10.0.0.2")))
                .idle();
        assertThat(idle.stream().map(i -> i.service().name())).containsExactly("db", "https");
    }
}
