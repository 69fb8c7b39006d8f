package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StageChange;
import io.portero.compile.StageCompiler;
import io.portero.host.ProcHost;
import io.portero.lab.Place;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Destination;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.RandomPolicy;
import io.portero.policy.Sources;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.stage.StageTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * For random policies and random packets, the kernel does what {@code explain} says.
 *
 * <p>The packets go to every kind of address; they are counted where the kernel delivers or would forward them. Half of
 * the packets aim at the borders of the policy, and one address is banned. A second policy is always staged: it must
 * change no verdict, and must count exactly those packets for which {@code explain} gives another verdict. {@code
 * -Doracle.seed} repeats a run, {@code -Doracle.policies} makes it longer.
 */
class OracleIT {
    private static final int PACKETS = 20;
    /** With this number of policies, packets of each protocol are admitted at least once. */
    private static final int ENOUGH = 50;

    @Test
    void explainAndTheKernelAgree() {
        long seed = Long.getLong("oracle.seed", System.nanoTime());
        int policies = Integer.getInteger("oracle.policies", 200);
        System.out.println("oracle: " + policies + " policies, " + PACKETS + " packets each, -Doracle.seed=" + seed);
        var random = new Random(seed);
        var world = new RandomPolicy(random);
        var accepted = new TreeMap<Protocol, Integer>();
        var counted = new TreeMap<StageChange, Integer>();
        try (var net = TestLab.build(Place.STRANGER)) {
            var sighting = net.lab.sighting();
            sighting.start();
            disguise(net);
            destinations(net);
            var kinds = kinds(net);
            for (int i = 0; i < policies; i++) {
                var policy = world.next();
                net.enforce(policy);
                var next = random.nextInt(8) == 0 ? policy : world.next();
                var banned = world.randomAddress();
                ban(net, banned);
                stage(net, policy, next, banned);
                sighting.forget();
                var explainer = new Explainer(policy, shut(banned));
                var expected = new LinkedHashMap<Packet, Verdict>();
                while (expected.size() < PACKETS) {
                    var packet = new Aim(random, world, policy).packet();
                    if (expected.keySet().stream().anyMatch(p -> p.sight().equals(packet.sight()))) {
                        continue; // the kernel's counts do not contain the destination
                    }
                    var explanation = explainer.explain(
                            packet.from(), packet.to(), Optional.of("eth0"), kinds.get(packet.address()));
                    expected.put(packet, explanation.verdict());
                }

                var seen = judge(net, sighting, kinds, expected);

                assertThat(seen)
                        .as("policy %d of -Doracle.seed=%d: %s", i, seed, policy)
                        .isEqualTo(expected);
                var differing = differing(expected, new Explainer(next, shut(banned)), kinds);
                var staged = staged(net);
                strays(expected, kinds).forEach(stray -> {
                    staged.removeIf(d -> d.sight().equals(stray));
                    differing.removeIf(d -> d.sight().equals(stray));
                });
                assertThat(staged)
                        .as("policy %d of -Doracle.seed=%d: %s, staged: %s; %s", i, seed, policy, next, expected)
                        .isEqualTo(differing);
                differing.forEach(d -> counted.merge(d.change(), 1, Integer::sum));
                expected.forEach((packet, verdict) ->
                        accepted.merge(packet.protocol(), verdict == Verdict.ACCEPT ? 1 : 0, Integer::sum));
            }
        }
        System.out.println("oracle: let through " + accepted + " of " + policies * PACKETS);
        System.out.println("oracle: counted for the staged policies " + counted);
        assertThat(counted).as("counted, or nothing was shown").containsKeys(StageChange.values());
        assertThat(accepted.values())
                .as("let through, or nothing was shown")
                .anyMatch(n -> n > 0)
                .allMatch(n -> n > 0 || policies < ENOUGH);
    }

    private static void stage(TestLab net, Policy policy, Policy next, Ip banned) {
        var rules = StageCompiler.compile(policy, next, AddressSet.of(AddressRange.of(banned)), Duration.ofHours(1), 1);
        assertThat(net.stage.load(rules.script())).isEmpty();
    }

    /** A packet with different verdicts in the two policies; the port is 0 for a protocol without ports. */
    private record Differing(StageChange change, Sight sight) {}

    private static Set<Differing> differing(
            Map<Packet, Verdict> verdicts, Explainer next, Map<String, Destination> kinds) {
        var differing = new HashSet<Differing>();
        verdicts.forEach((packet, verdict) -> {
            var kind = kinds.get(packet.address());
            var other = next.explain(packet.from(), packet.to(), Optional.of("eth0"), kind)
                    .verdict();
            if (verdict != other) {
                differing.add(new Differing(
                        other == Verdict.ACCEPT ? StageChange.ADMIT : StageChange.DROP, asRemembered(packet)));
            }
        });
        return differing;
    }

    private static Sight asRemembered(Packet packet) {
        int port = packet.protocol().hasPorts() ? packet.port() : 0;
        return new Sight(packet.from(), packet.protocol().number(), port);
    }

    /**
     * Packets that only hook input recognises: the kernel delivers them although the address does not belong to this
     * host. Staging does not compare there.
     */
    private static List<Sight> strays(Map<Packet, Verdict> verdicts, Map<String, Destination> kinds) {
        return verdicts.keySet().stream()
                .filter(packet -> kinds.get(packet.address()) instanceof Destination.Stray)
                .map(OracleIT::asRemembered)
                .toList();
    }

    private static Set<Differing> staged(TestLab net) {
        var differing = new HashSet<Differing>();
        if (net.stage.read() instanceof Reading.Of<StageTable.Differences>(var found)) {
            found.sources().forEach(s -> {
                var port = s.what().wanted().orElseThrow();
                differing.add(new Differing(
                        s.change(), new Sight(s.what().source(), port.protocol().number(), port.first())));
            });
            assertThat(found.counters().values().stream()
                            .mapToLong(Count::packets)
                            .sum())
                    .isGreaterThanOrEqualTo(differing.size());
        }
        return differing;
    }

    private static Function<Ip, Optional<String>> shut(Ip banned) {
        return source -> Optional.of("it is banned").filter(why -> source.equals(banned));
    }

    /** How {@code explain --at} classifies each address: it asks the same kernel. */
    private static Map<String, Destination> kinds(TestLab net) {
        var host = new ProcHost(net.lab.at(Place.HOST));
        var kinds = new HashMap<String, Destination>();
        all().map(Addressee::address).forEach(to -> kinds.put(to, host.destination(TestLab.address(to))));
        assertThat(kinds.values().stream().map(Destination::word))
                .contains("own", "anycast", "stray", "forwarded")
                .doesNotContain("unreachable");
        return kinds;
    }

    private static Stream<Addressee> all() {
        return Stream.concat(Addressee.delivered(), Addressee.onward());
    }

    /** Adds each kind of address at which the kernel takes packets, and the routes to it. */
    private static void destinations(TestLab net) {
        all().forEach(to -> {
            to.here().forEach(words -> net.ip(Place.HOST, words));
            to.there().forEach(words -> net.ip(Place.WIRE, words));
            if (to.here().isEmpty()) {
                return; // the stranger already has a route to the host's own address
            }
            net.ip(
                    Place.STRANGER,
                    to.address().contains(":")
                            ? "-6 route add " + to.address()
                                    + "/128 via fe80::1 dev eth0 src 2001:db8:99::99 table local"
                            : "route add " + to.address() + "/32 via 169.254.0.1 dev eth0 src 192.0.2.99 table local");
        });
    }

    /** Bans this address and no other. */
    private static void ban(TestLab net, Ip address) {
        var script =
                "flush set inet portero banned_v4\nflush set inet portero banned_v6\nadd element inet portero banned_"
                        + address.family().suffix() + " { " + address + " timeout 1h }\n";
        net.nft(Place.HOST, net.isSealed() ? script.replace("inet portero ", "inet portero_bans ") : script);
    }

    /**
     * Java sends only TCP and UDP. When a datagram leaves the stranger's namespace, it becomes a packet of the protocol
     * whose number is its source port.
     */
    private static void disguise(TestLab net) {
        var script = new StringBuilder("add table inet disguise\n")
                .append("add chain inet disguise output { type filter hook output priority 0; policy accept; }\n")
                // the former length and checksum become the verification tag, which is zero in an INIT
                .append("add rule inet disguise output udp sport 132 @th,32,32 set 0\n");
        for (var protocol : Packet.DISGUISED) {
            script.append("add rule inet disguise output udp sport %1$d ip protocol set %1$d\n"
                            .formatted(protocol.number()))
                    .append("add rule inet disguise output udp sport %1$d ip6 nexthdr set %1$d\n"
                            .formatted(protocol.number()));
        }
        net.nft(Place.STRANGER, script.toString());
    }

    /** One packet, the first of its flow. */
    private record Packet(Ip from, Protocol protocol, int port, String address) {
        private static final List<Protocol> DISGUISED = List.of(Protocol.ESP, Protocol.GRE, Protocol.SCTP);
        /** A checksum, which is not verified between namespaces, and an INIT chunk; RFC 9260, section 3.3.2. */
        private static final byte[] INIT =
                HexFormat.of().parseHex("00000000" + "01000014" + "12345678" + "00010000" + "00010001" + "12345678");

        Target to() {
            return new Target.Port(
                    protocol.hasPorts() ? new PortRange(protocol, port, port) : PortRange.whole(protocol));
        }

        Sight sight() {
            return new Sight(from, protocol.number(), port);
        }

        CompletableFuture<String> send(TestLab net) {
            var stranger = net.lab.from(Place.STRANGER);
            var to = address;
            if (protocol == Protocol.TCP) {
                return stranger.syn(from.toString(), to, port);
            }
            var source = protocol == Protocol.UDP ? from.toString() : from + "," + protocol.number();
            return stranger.datagram(source, to, port, INIT);
        }
    }

    /** Chooses packets: half of them anywhere in the small world, half at the borders of the policy. */
    private record Aim(Random random, RandomPolicy world, Policy policy) {

        Packet packet() {
            var service = oneOf(List.copyOf(policy.services().values()));
            var range = oneOf(service.ports());
            var protocol = random.nextInt(4) > 0 ? range.protocol() : oneOf(List.of(Protocol.TCP, Protocol.UDP));
            int port = random.nextBoolean()
                    ? world.randomPort()
                    : oneOf(List.of(range.first() - 1, range.first(), range.last(), range.last() + 1));
            var from = from(service.from());
            return new Packet(from, protocol, Math.clamp(port, 1, PortRange.HIGHEST), destination(from.family()));
        }

        private String destination(Family family) {
            return oneOf(all().map(Addressee::address)
                    .filter(a -> a.contains(":") == (family == Family.V6))
                    .toList());
        }

        private Ip from(Sources sources) {
            var ranges = sources.addresses(policy.groups()).ranges();
            if (sources.any() || ranges.isEmpty() || random.nextBoolean()) {
                return world.randomAddress();
            }
            var range = oneOf(ranges);
            return random.nextBoolean() ? range.first() : range.last();
        }

        private <T> T oneOf(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }

    /** Forwarded packets are not delivered here. */
    private static Map<Packet, Verdict> judge(
            TestLab net, Sighting sighting, Map<String, Destination> kinds, Map<Packet, Verdict> packets) {
        var sent = packets.keySet().stream().map(p -> p.send(net)).toList();
        sent.forEach(CompletableFuture::join);
        var came = sighting.came();
        var delivered = sighting.delivered();
        var passed = sighting.passed();
        assertThat(came.keySet()).as("what came").containsAll(sights(packets).toList());
        var verdicts = new LinkedHashMap<Packet, Verdict>();
        for (var packet : packets.keySet()) {
            var let = kinds.get(packet.address()) instanceof Destination.Onward ? passed : delivered;
            verdicts.put(packet, let.containsKey(packet.sight()) ? Verdict.ACCEPT : Verdict.DROP);
        }
        return verdicts;
    }

    private static Stream<Sight> sights(Map<Packet, Verdict> packets) {
        return packets.keySet().stream().map(Packet::sight);
    }
}
