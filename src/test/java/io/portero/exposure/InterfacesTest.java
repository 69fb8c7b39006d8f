package io.portero.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exposure.Interfaces.Side;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.policy.Surroundings.DefaultRoute;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class InterfacesTest {
    private final Interfaces interfaces = new Interfaces(new Surroundings(
            new TreeMap<>(Map.of(
                    "lo", addresses("127.0.0.1"),
                    "eth0", addresses("10.0.2.15"),
                    "eth1", addresses("10.20.0.5", "fe80::5"),
                    "eth2", addresses("8.8.8.8"),
                    "eth3", addresses())),
            List.of(new DefaultRoute("eth0", Optional.empty(), Optional.empty())),
            new TreeSet<>()));

    private static SortedSet<Ip> addresses(String... all) {
        var addresses = new TreeSet<Ip>();
        for (var one : all) {
            addresses.add(ip(one));
        }
        return addresses;
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static Listener socket(String at) throws Exception {
        return new Listener.Socket(PortRange.parse("80/tcp"), ip(at), "nginx");
    }

    @Test
    void anInterfaceWithADefaultRouteOrAPublicAddressIsPublic() {
        assertThat(interfaces.sides())
                .isEqualTo(Map.of("eth0", Side.PUBLIC, "eth1", Side.PRIVATE, "eth2", Side.PUBLIC));
        assertThat(interfaces.addresses("eth1")).hasToString("[10.20.0.5]");
    }

    @Test
    void aSocketIsReachableAtTheInterfaceWithItsAddress() throws Exception {
        assertThat(interfaces.of(List.of(socket("10.20.0.5")))).containsExactly("eth1");
        assertThat(interfaces.of(List.of(socket("10.20.0.5"), socket("127.0.0.1"), socket("8.8.8.8"))))
                .containsExactly("eth1", "eth2");
        assertThat(interfaces.inWords(List.of("eth1", "eth2"))).isEqualTo("eth1 (private), eth2 (public)");
        var published =
                new Listener.Published(PortRange.parse("80/tcp"), AddressRange.parse("10.20.0.5"), "172.17.0.2:80");
        assertThat(interfaces.of(List.of(published))).containsExactly("eth1");
    }

    @Test
    void aSocketOnAllInterfacesNamesNone() throws Exception {
        assertThat(interfaces.of(List.of(socket("0.0.0.0")))).isEmpty();
        assertThat(interfaces.of(List.of(socket("10.20.0.5"), socket("::")))).isEmpty();
        assertThat(interfaces.of(List.of(socket("10.20.0.5"), socket("10.0.2.15"), socket("8.8.8.8"))))
                .isEmpty();
    }
}
