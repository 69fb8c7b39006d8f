package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.demo.Place;
import io.portero.demo.Sighting;
import io.portero.demo.Sighting.Sight;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.RandomPolicy;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The kernel is the judge: for random policies and random packets, what {@code explain} says is what it does.
 *
 * <p>{@code -Doracle.seed} repeats a run, {@code -Doracle.policies} makes it longer.
 */
class OracleIT {
    private static final int PACKETS = 20;

    @Test
    void explainAndTheKernelAgree() {
        long seed = Long.getLong("oracle.seed", System.nanoTime());
        int policies = Integer.getInteger("oracle.policies", 200);
        System.out.println("oracle: " + policies + " policies, " + PACKETS + " packets each, -Doracle.seed=" + seed);
        var random = new Random(seed);
        var world = new RandomPolicy(random);
        int accepted = 0;
        try (var net = TestLab.build(Place.STRANGER)) {
            var sighting = net.lab.sighting();
            sighting.start();
            for (int i = 0; i < policies; i++) {
                var policy = world.next();
                net.enforce(policy);
                sighting.forget();
                var explainer = new Explainer(policy);
                var expected = new LinkedHashMap<Packet, Verdict>();
                while (expected.size() < PACKETS) {
                    var packet = Packet.random(random, world);
                    expected.put(
                            packet,
                            explainer.explain(packet.from(), packet.to()).verdict());
                }

                var seen = judge(net, sighting, expected);

                assertThat(seen)
                        .as("policy %d of -Doracle.seed=%d: %s", i, seed, policy)
                        .isEqualTo(expected);
                accepted += (int) expected.values().stream()
                        .filter(v -> v == Verdict.ACCEPT)
                        .count();
            }
        }
        System.out.println("oracle: " + accepted + " of " + policies * PACKETS + " packets were let through");
        assertThat(accepted).as("packets let through, or nothing was shown").isBetween(1, policies * PACKETS - 1);
    }

    /** One packet, the first of its flow. */
    private record Packet(Ip from, Protocol protocol, int port) {

        static Packet random(Random random, RandomPolicy world) {
            var protocol = random.nextBoolean() ? Protocol.TCP : Protocol.UDP;
            return new Packet(world.randomAddress(), protocol, world.randomPort());
        }

        Target to() {
            return new Target.Port(new PortRange(protocol, port, port));
        }

        Sight sight() {
            return new Sight(from, protocol.number(), port);
        }

        CompletableFuture<String> send(TestLab net) {
            var stranger = net.lab.from(Place.STRANGER);
            var to = Place.HOST.address(from.family());
            return protocol == Protocol.TCP
                    ? stranger.syn(from.toString(), to, port)
                    : stranger.datagram(from.toString(), to, port);
        }
    }

    private static Map<Packet, Verdict> judge(TestLab net, Sighting sighting, Map<Packet, Verdict> packets) {
        var sent = packets.keySet().stream().map(p -> p.send(net)).toList();
        sent.forEach(CompletableFuture::join);
        var came = sighting.came();
        var passed = sighting.passed();
        assertThat(came.keySet()).as("what came").containsAll(sights(packets).toList());
        var verdicts = new LinkedHashMap<Packet, Verdict>();
        packets.keySet().forEach(p -> verdicts.put(p, passed.containsKey(p.sight()) ? Verdict.ACCEPT : Verdict.DROP));
        return verdicts;
    }

    private static Stream<Sight> sights(Map<Packet, Verdict> packets) {
        return packets.keySet().stream().map(Packet::sight);
    }
}
