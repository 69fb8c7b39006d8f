package io.portero.net;

import java.util.List;
import java.util.stream.Stream;

/**
 * One kind of destination address for packets in a lab.
 *
 * @param here commands for {@code ip} on the host
 * @param there commands for {@code ip} on the router
 */
record Addressee(String kind, String address, List<String> here, List<String> there) {
    @Override
    public String toString() {
        return kind;
    }

    /** Addresses of packets that the kernel delivers to this host. */
    static Stream<Addressee> delivered() {
        return Stream.of(
                new Addressee("its address", "192.0.2.1", List.of(), List.of()),
                new Addressee("its address, IPv6", "2001:db8::1", List.of(), List.of()),
                new Addressee(
                        "a second address",
                        "192.0.2.2",
                        List.of("address add 192.0.2.2/32 dev eth0"),
                        List.of("route add 192.0.2.2/32 via 192.0.2.1 dev to-host onlink")),
                new Addressee(
                        "the anycast address of a prefix",
                        "2001:db8:e1::",
                        List.of("address add 2001:db8:e1::5/64 dev br-portero nodad"),
                        List.of("-6 route add 2001:db8:e1::/64 via fe80::2 dev to-host")),
                new Addressee(
                        "AnyIP over IPv4",
                        "198.51.100.200",
                        List.of("route add local 198.51.100.200/32 dev lo table main"),
                        List.of("route add 198.51.100.200/32 via 192.0.2.1 dev to-host onlink")),
                new Addressee(
                        "AnyIP over IPv6",
                        "2001:db8:e2::77",
                        List.of("-6 route add local 2001:db8:e2::/64 dev lo"),
                        List.of("-6 route add 2001:db8:e2::/64 via fe80::2 dev to-host")),
                new Addressee(
                        "an address of another routing table",
                        "198.51.100.201",
                        List.of(
                                "rule add to 198.51.100.201 table 77 pref 50",
                                "route add local 198.51.100.201/32 dev lo table 77"),
                        List.of("route add 198.51.100.201/32 via 192.0.2.1 dev to-host onlink")),
                new Addressee(
                        "an address of another routing table, IPv6",
                        "2001:db8:e3::1",
                        List.of(
                                "-6 rule add to 2001:db8:e3::1 table 77 pref 50",
                                "-6 route add local 2001:db8:e3::1/128 dev lo table 77"),
                        List.of("-6 route add 2001:db8:e3::/64 via fe80::2 dev to-host")));
    }

    /** Addresses of packets that the kernel forwards: to a container, or to another network behind this host. */
    static Stream<Addressee> onward() {
        return Stream.of(
                new Addressee(
                        "a container's own address",
                        "172.31.255.2",
                        List.of("route replace 172.31.255.0/24 dev br-portero"),
                        List.of("route add 172.31.255.0/24 via 192.0.2.1 dev to-host onlink")),
                new Addressee(
                        "a container's own address, IPv6",
                        "fd00:db8:c0::2",
                        List.of("-6 route replace fd00:db8:c0::/64 dev br-portero"),
                        List.of("-6 route add fd00:db8:c0::/64 via fe80::2 dev to-host")),
                new Addressee(
                        "an address behind this host",
                        "198.51.100.210",
                        List.of(
                                "link add lan9 type bridge",
                                "link set lan9 up",
                                "route add 198.51.100.210/32 dev lan9"),
                        List.of("route add 198.51.100.210/32 via 192.0.2.1 dev to-host onlink")),
                new Addressee(
                        "an address behind this host, IPv6",
                        "2001:db8:e4::1",
                        List.of("-6 route add 2001:db8:e4::1/128 dev lan9"),
                        List.of("-6 route add 2001:db8:e4::/64 via fe80::2 dev to-host")));
    }
}
