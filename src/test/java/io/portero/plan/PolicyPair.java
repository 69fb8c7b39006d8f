package io.portero.plan;

import io.portero.compile.PolicyCompiler;
import io.portero.plan.Packet.Flow;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Group;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Members;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.OutgoingService;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.RandomPolicy;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two random policies, of which the second often shares much with the first, and packets at their borders.
 *
 * <p>In every third pair, a group has so many single addresses that they get their own set.
 */
public record PolicyPair(Policy before, Policy after) {
    private static final int MANY = 300;

    public static PolicyPair random(Random random) {
        var world = new RandomPolicy(random);
        var first = varied(random, world.next());
        var second = varied(random, world.next());
        if (random.nextInt(6) == 0) {
            return new PolicyPair(first, random.nextBoolean() ? withMembersOf(second, first) : withoutOthers(first));
        }
        return new PolicyPair(first, random.nextInt(4) == 0 ? second : mixed(random, first, second));
    }

    /** Rules and sets are only removed, and none are added. */
    private static Policy withoutOthers(Policy policy) {
        return new Policy(
                policy.mode(),
                policy.groups(),
                policy.services(),
                Sources.NOBODY,
                Sources.NOBODY,
                policy.trustedInterfaces(),
                policy.tests(),
                policy.safety());
    }

    /** Part of the outgoing policy stays, and part changes. */
    private static OutgoingPolicy mixed(Random random, OutgoingPolicy first, OutgoingPolicy second) {
        return switch (random.nextInt(5)) {
            case 0 -> OutgoingPolicy.NONE;
            case 1 -> first;
            case 2 -> second;
            case 3 -> new OutgoingPolicy(second.otherwise(), first.services(), second.refuse());
            default -> new OutgoingPolicy(first.otherwise(), second.services(), first.refuse());
        };
    }

    /** Only the members of groups differ. */
    private static Policy withMembersOf(Policy other, Policy policy) {
        var groups = new TreeMap<>(policy.groups());
        groups.replaceAll((name, group) -> other.groups().getOrDefault(name, group));
        return with(policy, policy.mode(), groups, policy.services(), policy.trustedInterfaces());
    }

    /** Adds cases that the small world of random policies lacks. */
    private static Policy varied(Random random, Policy policy) {
        var groups = new TreeMap<>(policy.groups());
        if (random.nextInt(3) == 0) {
            groups.computeIfPresent("a", (name, group) -> new Group(name, crowd(group.addresses())));
        }
        var trusted = new TreeSet<>(policy.trustedInterfaces());
        if (random.nextInt(4) == 0) {
            trusted.add(new InterfacePattern("wg0"));
        }
        return with(policy, random.nextInt(8) == 0 ? Mode.OBSERVE : Mode.ENFORCE, groups, policy.services(), trusted);
    }

    private static AddressSet crowd(AddressSet few) {
        return few.union(AddressSet.of(IntStream.range(0, MANY)
                .mapToObj(i -> AddressRange.of(new Ip(Family.V4, 0, 0xC000_0200L + 2 * i)))
                .toList()));
    }

    /** Each part comes from one or the other policy. */
    private static Policy mixed(Random random, Policy first, Policy second) {
        int outOfEight = 1 + random.nextInt(6);
        var groups = new TreeMap<>(first.groups());
        second.groups().forEach((name, group) -> {
            if (!groups.containsKey(name) || random.nextInt(8) < outOfEight) {
                groups.put(name, group);
            }
        });
        var services = new TreeMap<>(first.services());
        second.services().forEach((name, service) -> {
            if (random.nextInt(8) < outOfEight) {
                services.merge(name, service, (a, b) -> random.nextBoolean() ? b : half(random, a, b));
            }
        });
        first.services().keySet().stream()
                .filter(name -> services.size() > 1 && random.nextInt(16) < outOfEight)
                .forEach(services::remove);
        var some = random.nextInt(8) < outOfEight ? second : first;
        var mixed = with(some, some.mode(), groups, services, some.trustedInterfaces())
                .with(mixed(random, first.outgoing(), second.outgoing()));
        return random.nextInt(8) == 0 ? renamed(mixed) : mixed;
    }

    /** The ports of one service with the sources of the other. */
    private static Service half(Random random, Service a, Service b) {
        return new Service(
                a.name(),
                random.nextBoolean() ? a.ports() : b.ports(),
                random.nextBoolean() ? a.from() : b.from(),
                a.enabled(),
                a.management(),
                b.onRevoke(),
                random.nextBoolean() ? a.limit() : b.limit(),
                random.nextBoolean() ? a.entrance() : b.entrance());
    }

    /** Renames group b to e. */
    private static Policy renamed(Policy policy) {
        var group = policy.groups().get("b");
        if (group == null) {
            return policy;
        }
        var groups = new TreeMap<>(policy.groups());
        groups.remove("b");
        groups.put("e", new Group("e", group.members()));
        var services = new TreeMap<>(policy.services());
        services.replaceAll((name, s) -> new Service(
                name,
                s.ports(),
                renamed(s.from()),
                s.enabled(),
                s.management(),
                s.onRevoke(),
                s.limit(),
                s.entrance()));
        return new Policy(
                policy.mode(),
                groups,
                services,
                renamed(policy.deny()),
                renamed(policy.ping()),
                policy.trustedInterfaces(),
                policy.tests(),
                policy.safety(),
                new OutgoingPolicy(
                        policy.outgoing().otherwise(),
                        renamed(policy.outgoing().services()),
                        renamed(policy.outgoing().refuse())));
    }

    private static SortedMap<String, OutgoingService> renamed(SortedMap<String, OutgoingService> services) {
        var all = new TreeMap<>(services);
        all.replaceAll((name, s) -> new OutgoingService(name, s.ports(), renamed(s.to()), s.on(), s.enabled()));
        return all;
    }

    private static Sources renamed(Sources sources) {
        var groups = new TreeSet<>(sources.groups());
        if (groups.remove("b")) {
            groups.add("e");
        }
        return new Sources(sources.any(), groups, sources.others());
    }

    private static Policy with(
            Policy policy,
            Mode mode,
            TreeMap<String, Group> groups,
            SortedMap<String, Service> services,
            SortedSet<InterfacePattern> trusted) {
        return new Policy(
                mode,
                groups,
                services,
                policy.deny(),
                policy.ping(),
                trusted,
                policy.tests(),
                policy.safety(),
                policy.outgoing());
    }

    Snapshot start() {
        return TableModel.after(
                Snapshot.ABSENT,
                Planner.rebuild(PolicyCompiler.compile(before)).transactions().getFirst());
    }

    /** Packets of all kinds, half of them at the borders of either policy. */
    public List<Packet> packets(Random random, int count) {
        var sources = Stream.of(before, after)
                .flatMap(PolicyPair::named)
                .filter(r -> r.first().low() >= 0xC633_6400L || r.first().family() == Family.V6)
                .flatMap(r -> Stream.of(r.first(), r.last(), beside(r.first(), -1), beside(r.last(), 1)))
                .distinct()
                .toList();
        var ports = Stream.of(before, after)
                .flatMap(p -> Stream.concat(
                        p.services().values().stream().map(Service::ports),
                        outgoing(p).map(OutgoingService::ports)))
                .flatMap(List::stream)
                .flatMap(p -> Stream.of(
                        port(p.protocol(), p.first()),
                        port(p.protocol(), p.last()),
                        port(p.protocol(), p.first() - 1),
                        port(p.protocol(), p.last() + 1)))
                .distinct()
                .toList();
        var world = new RandomPolicy(random);
        var packets = new LinkedHashSet<Packet>();
        while (packets.size() < count) {
            var from = sources.isEmpty() || random.nextInt(4) == 0
                    ? world.randomAddress()
                    : sources.get(random.nextInt(sources.size()));
            var to = ports.get(random.nextInt(ports.size()));
            var flow = random.nextInt(3) > 0 ? Flow.NEW : random.nextBoolean() ? Flow.GOING_ON : Flow.ANSWER;
            var packet = random.nextInt(10) == 0 ? Packet.ping(from) : Packet.to(to.protocol(), to.first(), from, flow);
            packet = random.nextInt(3) == 0 ? packet.by(world.randomInterface()) : packet;
            if (random.nextInt(5) < 2) {
                packets.add(packet.along(random.nextInt(3) > 0 ? Packet.Path.OUT : Packet.Path.CONTAINER));
                continue;
            }
            packets.add(random.nextInt(3) == 0 ? packet.at(world.randomOwn(from.family())) : packet);
        }
        return List.copyOf(packets);
    }

    private static Stream<AddressRange> named(Policy policy) {
        var all = new ArrayList<AddressSet>();
        policy.groups().values().forEach(g -> all.add(g.addresses()));
        Stream.of(
                        policy.services().values().stream().map(Service::from),
                        outgoing(policy).map(OutgoingService::to),
                        Stream.of(policy.deny(), policy.ping()))
                .flatMap(sources -> sources)
                .map(Sources::others)
                .map(Members::addresses)
                .forEach(all::add);
        return all.stream().flatMap(a -> a.ranges().stream());
    }

    private static Stream<OutgoingService> outgoing(Policy policy) {
        return Stream.of(policy.outgoing().services(), policy.outgoing().refuse())
                .flatMap(m -> m.values().stream());
    }

    private static Ip beside(Ip address, int step) {
        return new Ip(address.family(), address.high(), address.low() + step);
    }

    private static PortRange port(Protocol protocol, int port) {
        if (!protocol.hasPorts()) {
            return PortRange.whole(protocol);
        }
        int real = Math.clamp(port, 1, PortRange.HIGHEST);
        return new PortRange(protocol, real, real);
    }
}
