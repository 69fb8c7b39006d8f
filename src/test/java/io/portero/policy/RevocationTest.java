package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RevocationTest {
    private static final String POLICY = """
            groups: { itsp: [%s], monitoring: [%s] }
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              https: { ports: [443/tcp], from: [any] }
              webrtc: { ports: [20000-30000/udp], from: [any] }
              sip: { ports: [5060/udp], from: [itsp] }
              rtp: { ports: [40000-50000/udp], from: [itsp], on-revoke: drain }
              prometheus: { ports: [9090/tcp], from: [monitoring] }
            """;

    private static Policy policy(String itsp, String monitoring) {
        return read(POLICY.formatted(itsp, monitoring));
    }

    private static Policy read(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static PortRange port(String text) {
        try {
            return PortRange.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> cut(Policy before, Policy after, String... addressesAndPorts) {
        var flows = new ArrayList<Outgoing>();
        for (int i = 0; i < addressesAndPorts.length; i += 2) {
            flows.add(new Outgoing(ip(addressesAndPorts[i]), port(addressesAndPorts[i + 1])));
        }
        return new Revocation(before, after)
                .cut(flows, draining(before, after)).stream().map(Ip::toString).toList();
    }

    private static Revocation.Draining draining(Policy before, Policy after) {
        var lost = new Revocation(before, after).lostToDrain();
        return (service, address) ->
                lost.getOrDefault(service.name(), AddressSet.EMPTY).contains(address);
    }

    @Test
    void cutsFlowsOfTheHostToAnAddressThatIsNoLongerNamed() {
        var before = policy("203.0.113.0/24", "192.0.2.10");
        var after = policy("203.0.113.128/25", "192.0.2.10");
        assertThat(cut(before, after, "203.0.113.9", "5060/udp")).containsExactly("203.0.113.9");
        assertThat(cut(before, after, "203.0.113.9", "51000/tcp")).containsExactly("203.0.113.9");
        assertThat(cut(before, after, "203.0.113.129", "5060/udp")).isEmpty();
        assertThat(cut(before, after, "198.51.100.1", "5060/udp")).isEmpty();
    }

    @Test
    void doesNotCutDrainsAndServicesOpenToEverybody() {
        var before = policy("203.0.113.9", "192.0.2.10");
        var after = policy("203.0.113.10", "192.0.2.10");
        assertThat(cut(before, after, "203.0.113.9", "40002/udp", "203.0.113.9", "20002/udp"))
                .isEmpty();
        assertThat(new Revocation(before, after).lostToDrain())
                .isEqualTo(Map.of("rtp", AddressSet.of(AddressRange.of(ip("203.0.113.9")))));
    }

    @Test
    void cutsOnlyThePortsOfTheServiceIfAnotherServiceStillNamesTheAddress() {
        var before = policy("192.0.2.10", "192.0.2.10");
        var after = policy("203.0.113.10", "192.0.2.10");
        assertThat(cut(before, after, "192.0.2.10", "51000/tcp")).isEmpty();
        assertThat(cut(before, after, "192.0.2.10", "5060/udp")).containsExactly("192.0.2.10");
    }

    @Test
    void doesNotRevokeSourcesThatWereAdmittedByAny() {
        var before = policy("203.0.113.9", "192.0.2.10");
        var after = read(POLICY.formatted("203.0.113.9", "192.0.2.10")
                .replace("443/tcp], from: [any]", "443/tcp], from: [itsp]"));
        assertThat(new Revocation(before, after).lostToCut().isEmpty()).isTrue();
    }

    @Test
    void renamingOrOpeningAServiceRevokesNothing() {
        var before = policy("203.0.113.9", "192.0.2.10");
        var renamed = read(POLICY.formatted("203.0.113.9", "192.0.2.10").replace("sip:", "signalling:"));
        assertThat(new Revocation(before, renamed).lostToCut().isEmpty()).isTrue();
        var open = read(POLICY.formatted("203.0.113.9", "192.0.2.10")
                .replace("5060/udp], from: [itsp]", "5060/udp], from: [any]"));
        assertThat(new Revocation(before, open).lostToCut().isEmpty()).isTrue();
    }

    @Test
    void removingAServiceRevokesAllItsSources() {
        var before = policy("203.0.113.9", "192.0.2.10");
        var after = read(POLICY.formatted("203.0.113.9", "192.0.2.10")
                .replace("5060/udp], from: [itsp]", "5060/udp], from: [itsp], enabled: false"));
        assertThat(cut(before, after, "203.0.113.9", "5060/udp")).containsExactly("203.0.113.9");
    }

    @Test
    void sourcesThatAreNamedAgainGainAccess() {
        var without = policy("203.0.113.10", "192.0.2.10");
        var with = policy("203.0.113.9, 203.0.113.10", "192.0.2.10");
        assertThat(new Revocation(without, with).gained()).isEqualTo(AddressSet.of(AddressRange.of(ip("203.0.113.9"))));
        assertThat(new Revocation(with, without).gained().isEmpty()).isTrue();
    }

    @Test
    void findsTheFlowsThatGoOnOnlyBecauseOfDrain() {
        var before = policy("203.0.113.9, 203.0.113.10, 203.0.113.11", "192.0.2.10");
        var after = policy("203.0.113.10, 203.0.113.11", "192.0.2.10");
        assertThat(drainingAt(before, after, "203.0.113.9", "40002/udp")).contains("rtp");
        assertThat(drainingAt(before, after, "203.0.113.10", "40002/udp")).isEmpty();
        assertThat(drainingAt(before, after, "203.0.113.9", "443/tcp")).isEmpty();
        assertThat(drainingAt(before, after, "203.0.113.99", "40002/udp"))
                .as("was never let in")
                .isEmpty();
    }

    private static Optional<String> drainingAt(Policy before, Policy after, String from, String port) {
        var flow = new Flow(ip(from), ip("192.0.2.1"), port(port));
        return Revocation.drainingAt(after, flow, draining(before, after)).map(Service::name);
    }

    @Test
    void drainsAllSourcesWhenAServiceWasOpenToEverybody() {
        var open = read(POLICY.formatted("203.0.113.9", "192.0.2.10")
                .replace("50000/udp], from: [itsp]", "50000/udp], from: [any]"));
        var after = policy("203.0.113.9", "192.0.2.10");
        var lost = new Revocation(open, after).lostToDrain().get("rtp");
        assertThat(lost).isNotNull();
        assertThat(lost.contains(ip("192.0.2.77"))).isTrue();
        assertThat(lost.contains(ip("203.0.113.9"))).isFalse();
    }

    @Test
    void cutsFlowsOfTheHostWhenTheDrainEnds() {
        var before = policy("203.0.113.9", "192.0.2.10");
        var after = policy("203.0.113.10", "192.0.2.10");
        var rtp = after.services().get("rtp");
        var lost = new Revocation(before, after).lostToDrain().get("rtp");
        var flows = List.of(
                new Outgoing(ip("203.0.113.9"), port("40002/udp")),
                new Outgoing(ip("203.0.113.10"), port("40002/udp")));
        assertThat(Revocation.over(
                        after,
                        Objects.requireNonNull(rtp),
                        Objects.requireNonNull(lost),
                        flows,
                        Revocation.Draining.NOBODY))
                .containsExactly(ip("203.0.113.9"));
    }
}
