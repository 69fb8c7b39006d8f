package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EntranceTest {
    private static Entrance on(String... patterns) {
        return Entrance.of(Arrays.stream(patterns).map(InterfacePattern::new).toList(), AddressSet.EMPTY);
    }

    @Test
    void withoutInterfacesAndAddressesItTakesEveryPacket() {
        assertThat(Entrance.ANYWHERE.takes(Arrival.UNKNOWN)).isTrue();
        assertThat(Entrance.ANYWHERE.takes(Arrival.by("eth9"))).isTrue();
    }

    @Test
    void anInterfaceThatAPatternCoversIsRemoved() {
        assertThat(on("wg0", "wg*", "eth1", "wg1*")).isEqualTo(on("eth1", "wg*"));
        assertThat(on("wg*").takes(Arrival.by("wg0"))).isTrue();
        assertThat(on("wg*").takes(Arrival.by("eth0"))).isFalse();
    }

    @Test
    void anUnknownInterfaceOrAddressMayMatch() {
        var narrow = Entrance.of(List.of(new InterfacePattern("eth1")), Addresses.of("10.0.0.5"));
        assertThat(narrow.takes(Arrival.UNKNOWN)).isFalse();
        assertThat(narrow.takes(Arrival.somewhere(Optional.empty(), Optional.empty())))
                .isTrue();
        assertThat(narrow.takes(Arrival.somewhere(Optional.of("eth0"), Optional.empty())))
                .isFalse();
    }

    private static Policy policy(Service service) {
        return new Policy(
                Mode.ENFORCE,
                Collections.emptySortedMap(),
                new TreeMap<>(Map.of(service.name(), service)),
                Sources.NOBODY,
                Sources.NOBODY,
                Collections.emptySortedSet(),
                List.of(),
                Safety.DEFAULT);
    }

    private static Policy ssh(Entrance entrance) {
        return policy(new Service(
                "ssh",
                List.of(new PortRange(Protocol.TCP, 22, 22)),
                Sources.ANY,
                true,
                true,
                OnRevoke.CUT,
                Optional.empty(),
                entrance));
    }

    @Test
    void aManagementServiceThatLosesAnInterfaceIsNarrowed() {
        var everywhere = ssh(Entrance.ANYWHERE);
        var inside = ssh(on("eth1"));
        var more = ssh(on("eth1", "wg*"));
        var oneAddress = ssh(Entrance.of(List.of(), Addresses.of("10.0.0.5")));
        assertThat(Access.narrowsManagement(everywhere, inside, List.of())).isTrue();
        assertThat(Access.narrowsManagement(more, inside, List.of())).isTrue();
        assertThat(Access.narrowsManagement(inside, more, List.of())).isFalse();
        assertThat(Access.narrowsManagement(inside, everywhere, List.of())).isFalse();
        assertThat(Access.narrowsManagement(everywhere, oneAddress, List.of())).isTrue();
        assertThat(Access.narrowsManagement(ssh(on("eth1")), ssh(on("eth2")), List.of()))
                .isTrue();
    }

    @Test
    void theChangeIsDescribedInWords() {
        var change = Access.changes(ssh(on("wg*", "eth1")), ssh(on("eth1", "eth2")));
        assertThat(change.stream().map(c -> c.place().inWords() + (c.lost().isEmpty() ? " gain" : " lose")))
                .containsExactly(" on eth2 gain", " on wg* lose");
        var everywhere = Access.changes(ssh(Entrance.ANYWHERE), ssh(on("eth1")));
        assertThat(everywhere.stream().map(c -> c.place().inWords())).containsExactly(" on every interface but eth1");
        assertThat(EnforcementChange.between(ssh(on("eth2")), ssh(Entrance.of(List.of(), Addresses.of("10.0.0.5")))))
                .containsExactly(
                        "services.ssh.on: from now on packets that come in by any interface",
                        "services.ssh.to: from now on only packets to 10.0.0.5");
        var moved = Access.changes(ssh(Entrance.ANYWHERE), ssh(Entrance.of(List.of(), Addresses.of("10.0.0.5"))));
        assertThat(moved).singleElement().satisfies(c -> {
            assertThat(c.place().inWords()).isEqualTo(" at every other address");
            assertThat(c.lost()).isEqualTo(Sources.ANY.addresses(Map.of()));
        });
    }
}
