package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Place;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.RandomPolicy;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * For random policies, the kernel treats packets of the host and of a container as {@code explain --outgoing} says.
 *
 * <p>{@code -Doracle.seed} repeats a run, {@code -Doracle.policies} makes it longer.
 */
class OutgoingOracleIT {
    private static final int PACKETS = 16;

    private record Packet(Place by, Ip to, Protocol protocol, int port) {
        Departures.To sight() {
            return new Departures.To(to.toString(), protocol.number(), port);
        }
    }

    @Test
    void explainAndTheKernelAgreeOnOutgoingPackets() {
        long seed = Long.getLong("oracle.seed", System.nanoTime());
        int policies = Integer.getInteger("oracle.policies", 40);
        System.out.println("outgoing oracle: " + policies + " policies, -Doracle.seed=" + seed);
        var random = new Random(seed);
        var world = new RandomPolicy(random);
        var verdicts = new TreeMap<String, Integer>();
        try (var net = TestLab.build(Place.HOST, Place.CONTAINER)) {
            var departures = new Departures(net);
            for (int i = 0; i < policies; i++) {
                var policy = world.next();
                net.enforce(policy);
                departures.start();
                var expected = new LinkedHashMap<Packet, Verdict>();
                var explainer = new OutgoingExplainer(policy);
                while (expected.size() < PACKETS) {
                    var packet = packet(random, world, policy);
                    if (expected.keySet().stream().noneMatch(p -> p.sight().equals(packet.sight()))) {
                        var target = new Target.Port(new PortRange(packet.protocol(), packet.port(), packet.port()));
                        expected.put(
                                packet,
                                explainer
                                        .explain(packet.to(), target, Optional.of("eth0"))
                                        .verdict());
                    }
                }
                expected.keySet().forEach(p -> send(net, p));
                var sent = departures.sent();
                var left = departures.left();
                var seen = new LinkedHashMap<Packet, Verdict>();
                for (var packet : expected.keySet()) {
                    assertThat(sent).as("it was sent: %s", packet).containsKey(packet.sight());
                    seen.put(packet, left.containsKey(packet.sight()) ? Verdict.ACCEPT : Verdict.DROP);
                }
                assertThat(seen)
                        .as("policy %d of -Doracle.seed=%d: %s", i, seed, policy.outgoing())
                        .isEqualTo(expected);
                seen.forEach((p, v) -> verdicts.merge(p.by() + " " + p.protocol() + " " + v, 1, Integer::sum));
            }
        }
        System.out.println("outgoing oracle: " + verdicts);
        assertThat(verdicts)
                .as("each kind was let through and dropped, or nothing was shown")
                .hasSize(8);
    }

    /** Half of the packets are at the borders of the policy. */
    private static Packet packet(Random random, RandomPolicy world, Policy policy) {
        var named = Stream.of(policy.outgoing(), OutgoingPolicy.NONE)
                .flatMap(o -> Stream.concat(o.services().values().stream(), o.refuse().values().stream()))
                .toList();
        var protocol = random.nextBoolean() ? Protocol.TCP : Protocol.UDP;
        int port = world.randomPort();
        if (!named.isEmpty() && random.nextInt(4) > 0) {
            var ports = named.get(random.nextInt(named.size())).ports();
            var range = ports.get(random.nextInt(ports.size()));
            if (range.protocol() == Protocol.TCP || range.protocol() == Protocol.UDP) {
                protocol = range.protocol();
                port = Math.clamp(
                        List.of(range.first() - 1, range.first(), range.last(), range.last() + 1)
                                .get(random.nextInt(4)),
                        1,
                        PortRange.HIGHEST);
            }
        }
        return new Packet(random.nextInt(3) > 0 ? Place.HOST : Place.CONTAINER, world.randomAddress(), protocol, port);
    }

    private static void send(TestLab net, Packet packet) {
        var outpost = net.lab.from(packet.by());
        var from = packet.by().address(packet.to().family() == Family.V4 ? Family.V4 : Family.V6);
        (packet.protocol() == Protocol.TCP
                        ? outpost.syn(from, packet.to().toString(), packet.port())
                        : outpost.datagram(from, packet.to().toString(), packet.port(), new byte[] {1}))
                .exceptionally(failed -> {
                    assertThat(failed).hasMessageContaining("Operation not permitted"); // it was dropped
                    return "";
                })
                .join();
    }
}
