package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Reading;
import io.portero.compile.PolicyCompiler;
import io.portero.lab.Place;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.plan.Expected;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Packet;
import io.portero.plan.Packet.Flow;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.PolicyPair;
import io.portero.plan.Snapshot;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A sample of what PlanPropertyTest holds of plans, with real packets: after each transaction the kernel admits what both
 * policies admit, and nothing that neither does.
 *
 * <p>{@code -Dplan.seed} repeats a run, {@code -Dplan.kernel-pairs} makes it longer.
 */
class PlanIT {
    private static final int PACKETS = 24;

    @Test
    void afterEachTransactionTheKernelAdmitsWhatBothPoliciesDoAndNothingThatNeitherDoes() throws Ip.NotAnAddress {
        long seed = Long.getLong("plan.seed", System.nanoTime());
        int pairs = Integer.getInteger("plan.kernel-pairs", 8);
        System.out.println("plans on the kernel: " + pairs + " pairs of policies, -Dplan.seed=" + seed);
        var lengths = new TreeMap<Integer, Integer>();
        try (var net = TestLab.build(Place.STRANGER)) {
            var sighting = net.lab.sighting();
            sighting.start();
            for (int i = 0; i < pairs; i++) {
                var random = new Random(seed + i);
                var pair = PolicyPair.random(random);
                net.enforce(pair.before());
                int transactions = goAlong(
                        net,
                        sighting,
                        pair,
                        packets(pair, random),
                        "-Dplan.seed=" + (seed + i) + " -Dplan.kernel-pairs=1");
                lengths.merge(transactions, 1, Integer::sum);
            }
        }
        System.out.println("plans on the kernel by their number of transactions: " + lengths);
    }

    private static List<Packet> packets(PolicyPair pair, Random random) {
        return pair.packets(random, 8 * PACKETS).stream()
                .filter(p -> p.via().equals("eth0") && p.flow() == Flow.NEW)
                .filter(p -> List.of(Protocol.TCP, Protocol.UDP).contains(protocol(p)))
                .limit(PACKETS)
                .toList();
    }

    private static int goAlong(TestLab net, Sighting sighting, PolicyPair pair, List<Packet> packets, String as)
            throws Ip.NotAnAddress {
        var want = PolicyCompiler.compile(pair.after());
        var plan = Planner.plan(want, read(net), KnownRules.NONE, IntervalSets.IN_PLACE);
        assertThat(plan)
                .as("what is planned from the kernel's own words: %s", as)
                .isEqualTo(Planner.plan(
                        want,
                        Expected.of(PolicyCompiler.compile(pair.before())),
                        KnownRules.NONE,
                        IntervalSets.IN_PLACE));
        if (!(plan instanceof Plan.Update update)) {
            return 0;
        }
        int done = 0;
        for (var transaction : update.transactions()) {
            assertThat(net.firewall.commit(transaction)).as(as).isEmpty();
            done++;
            sighting.forget();
            packets.stream().map(p -> send(net, p)).toList().forEach(sent -> sent.join());
            var came = sighting.came();
            var passed = sighting.passed();
            for (var packet : packets) {
                var sight = new Sight(packet.from(), packet.protocol(), packet.port());
                boolean before = admits(pair.before(), packet);
                if (before == admits(pair.after(), packet)) {
                    assertThat(came).as("what came").containsKey(sight);
                    assertThat(passed.containsKey(sight))
                            .as(
                                    "%s after transaction %d of %s: %s",
                                    packet, done, update.transactions().size(), as)
                            .isEqualTo(before);
                }
            }
        }
        assertThat(Planner.plan(want, read(net), KnownRules.NONE, IntervalSets.IN_PLACE))
                .as(as)
                .isEqualTo(new Plan.Keep());
        return done;
    }

    private static Snapshot read(TestLab net) {
        return switch (net.firewall.read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private static CompletableFuture<String> send(TestLab net, Packet packet) {
        var stranger = net.lab.from(Place.STRANGER);
        var from = packet.from().toString();
        var to = Place.HOST.address(packet.from().family());
        return protocol(packet) == Protocol.TCP
                ? stranger.syn(from, to, packet.port())
                : stranger.datagram(from, to, packet.port(), new byte[] {1});
    }

    private static boolean admits(Policy policy, Packet packet) throws Ip.NotAnAddress {
        var to = new Target.Port(new PortRange(protocol(packet), packet.port(), packet.port()));
        var at = Ip.parse(Place.HOST.address(packet.from().family()));
        var arrival = new Arrival(Optional.of(packet.via()), Optional.of(at));
        return policy.mode() == Mode.OBSERVE
                || new Explainer(policy).explain(packet.from(), to, arrival).verdict() == Verdict.ACCEPT;
    }

    private static Protocol protocol(Packet packet) {
        return Protocol.of(packet.protocol()).orElse(Protocol.ESP);
    }
}
