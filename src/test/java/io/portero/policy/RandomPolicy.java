package io.portero.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Creates random policies in a small world of addresses and ports, which often overlap. */
public final class RandomPolicy {
    private static final List<String> GROUPS = List.of("a", "b", "c", "d");
    private static final List<String> SERVICES = List.of("ssh", "web", "sip", "rtp", "vpn", "x-1", "y_2");

    private static final List<String> INTERFACES = List.of("eth0", "eth1", "eth*", "wg0", "wg*");
    /** Addresses of the lab, and their neighbours. */
    private static final List<AddressRange> OWN = Stream.of(
                    "192.0.2.1",
                    "192.0.2.0/30",
                    "192.0.2.2-192.0.2.9",
                    "198.51.100.200/31",
                    "172.31.255.0/24",
                    "2001:db8::1",
                    "2001:db8::/64",
                    "2001:db8:e1::-2001:db8:e2:ffff::",
                    "fd00:db8:c0::2")
            .map(Addresses::range)
            .toList();

    private final Random random;

    public RandomPolicy(Random random) {
        this.random = random;
    }

    public Policy next() {
        var groups = some(GROUPS, 5, name -> new Group(name, addresses(6)));
        var services = some(SERVICES, 6, name -> service(name, groups));
        if (services.isEmpty()) {
            services.put("ssh", service("ssh", groups));
        }
        return new Policy(
                Mode.ENFORCE,
                groups,
                services,
                random.nextInt(3) == 0 ? sources(groups, false) : Sources.NOBODY,
                sources(groups, true),
                new TreeSet<>(List.of(new InterfacePattern("lo"), new InterfacePattern("br-*"))),
                List.of(),
                new Safety(false, Confirm.NEVER, Safety.DEFAULT.confirmWithin()),
                random.nextInt(3) == 0 ? OutgoingPolicy.NONE : outgoing(groups));
    }

    private OutgoingPolicy outgoing(SortedMap<String, Group> groups) {
        return new OutgoingPolicy(
                random.nextBoolean() ? Verdict.ACCEPT : Verdict.DROP,
                some(List.of("carrier", "relay", "dns"), 5, name -> outgoing(name, groups)),
                some(List.of("mail", "world"), 4, name -> outgoing(name, groups)));
    }

    private OutgoingService outgoing(String name, SortedMap<String, Group> groups) {
        var ports = new ArrayList<PortRange>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            ports.add(port());
        }
        var on = INTERFACES.stream()
                .filter(i -> random.nextInt(12) == 0)
                .map(InterfacePattern::new)
                .collect(Collectors.toCollection(TreeSet::new));
        return new OutgoingService(name, ports, sources(groups, true), on, random.nextInt(8) > 0);
    }

    private <T> SortedMap<String, T> some(List<String> names, int outOfEight, Function<String, T> make) {
        var chosen = new TreeMap<String, T>();
        for (var name : names) {
            if (random.nextInt(8) < outOfEight) {
                chosen.put(name, make.apply(name));
            }
        }
        return chosen;
    }

    private Service service(String name, SortedMap<String, Group> groups) {
        var ports = new ArrayList<PortRange>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            ports.add(port());
        }
        return new Service(
                name,
                ports,
                sources(groups, true),
                random.nextInt(8) > 0,
                name.equals("ssh"),
                random.nextInt(4) > 0
                        ? OnRevoke.CUT
                        : random.nextBoolean() ? OnRevoke.DRAIN : OnRevoke.drain(Duration.ofMinutes(90)),
                random.nextInt(4) == 0 ? Optional.of(limit()) : Optional.empty(),
                random.nextInt(3) == 0 ? entrance() : Entrance.ANYWHERE);
    }

    private Entrance entrance() {
        var on = INTERFACES.stream()
                .filter(i -> random.nextInt(4) == 0)
                .map(InterfacePattern::new)
                .toList();
        var to = OWN.stream().filter(i -> random.nextInt(8) == 0).toList();
        return Entrance.of(on, AddressSet.of(to));
    }

    /** An interface that policies may name or not. */
    public String randomInterface() {
        return List.of("eth0", "eth0", "eth0", "eth1", "wg0", "wg1", "ens3").get(random.nextInt(7));
    }

    /** An address of the host that policies may name or not. */
    public Ip randomOwn(Family family) {
        var all = OWN.stream()
                .flatMap(r -> Stream.of(
                        r.first(),
                        r.last(),
                        new Ip(r.family(), r.last().high(), r.last().low() + 1)))
                .filter(ip -> ip.family() == family)
                .toList();
        return all.get(random.nextInt(all.size()));
    }

    /** A limit that a few packets do not exceed. */
    private Limit limit() {
        int packets = random.nextBoolean() ? 1000 : 2000;
        return new Limit(
                packets,
                random.nextBoolean() ? Limit.Per.SECOND : Limit.Per.MINUTE,
                random.nextBoolean() ? Limit.usualBurst(packets) : 500,
                random.nextBoolean() ? Optional.of(Duration.ofMinutes(10)) : Optional.empty());
    }

    private PortRange port() {
        return switch (random.nextInt(8)) {
            case 0 -> PortRange.whole(Protocol.ESP);
            case 1 -> new PortRange(Protocol.SCTP, 2905, 2905 + random.nextInt(3));
            case 2, 3, 4 -> range(Protocol.TCP);
            default -> range(Protocol.UDP);
        };
    }

    private PortRange range(Protocol protocol) {
        int first = randomPort();
        return new PortRange(protocol, first, Math.min(PortRange.HIGHEST, first + random.nextInt(12)));
    }

    public int randomPort() {
        return random.nextInt(20) == 0 ? 1 + random.nextInt(PortRange.HIGHEST) : 1000 + random.nextInt(40);
    }

    private Sources sources(SortedMap<String, Group> groups, boolean maybeAny) {
        if (maybeAny && random.nextInt(5) == 0) {
            return Sources.ANY;
        }
        var named = new TreeSet<String>();
        groups.keySet().stream().filter(g -> random.nextInt(3) == 0).forEach(named::add);
        return new Sources(false, named, random.nextInt(3) == 0 ? addresses(2) : AddressSet.EMPTY);
    }

    private AddressSet addresses(int most) {
        var ranges = new ArrayList<AddressRange>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            var first = randomAddress();
            ranges.add(
                    switch (random.nextInt(3)) {
                        case 0 -> AddressRange.of(first);
                        case 1 -> AddressRange.network(first, first.family().bits() - random.nextInt(6));
                        default ->
                            new AddressRange(
                                    first, new Ip(first.family(), first.high(), first.low() | random.nextInt(16)));
                    });
        }
        return AddressSet.of(ranges);
    }

    /** One of 64 addresses of each family: 198.51.100.0/26 and 2001:db8:1::/122. */
    public Ip randomAddress() {
        return random.nextBoolean()
                ? new Ip(Family.V4, 0, 0xC633_6400L + random.nextInt(64))
                : new Ip(Family.V6, 0x2001_0db8_0001_0000L, random.nextInt(64));
    }
}
