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
import io.portero.plan.Packet.Path;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.PolicyPair;
import io.portero.plan.Snapshot;
import io.portero.plan.Step;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Tests a sample of the plans of PlanPropertyTest with real packets: after each transaction the kernel admits what both
 * policies admit, and nothing that neither admits. This holds for incoming packets, and for packets that the host and a
 * container send.
 *
 * <p>At one place of each plan a transaction fails, as if the kernel refused it. The next plan leads to either of the
 * two policies.
 *
 * <p>{@code -Dplan.seed} repeats a run, {@code -Dplan.kernel-pairs} makes it longer.
 */
class PlanIT {
    private static final int PACKETS = 24;

    private final TreeMap<String, Integer> judged = new TreeMap<>();

    @Test
    void afterEachTransactionTheKernelStaysBetweenTheTwoPolicies() throws Ip.NotAnAddress {
        long seed = Long.getLong("plan.seed", System.nanoTime());
        int pairs = Integer.getInteger("plan.kernel-pairs", 8);
        System.out.println("plans on the kernel: " + pairs + " pairs of policies, -Dplan.seed=" + seed);
        var lengths = new TreeMap<Integer, Integer>();
        try (var net = TestLab.build(Place.STRANGER, Place.HOST, Place.CONTAINER)) {
            var watch = new Watch(net);
            for (int i = 0; i < pairs; i++) {
                var random = new Random(seed + i);
                var pair = PolicyPair.random(random);
                net.enforce(pair.before());
                var as = "-Dplan.seed=" + (seed + i) + " -Dplan.kernel-pairs=1";
                var trial = new Trial(net, watch, pair, packets(pair, random), as);
                lengths.merge(trial.run(random), 1, Integer::sum);
            }
        }
        System.out.println("plans on the kernel by their number of transactions: " + lengths + ", judged: " + judged);
        if (pairs >= 8) {
            assertThat(judged.keySet())
                    .as("packets of all ways were judged")
                    .contains("IN false", "OUT true", "CONTAINER true");
        }
    }

    private static List<Packet> packets(PolicyPair pair, Random random) {
        return pair.packets(random, 8 * PACKETS).stream()
                .filter(p -> p.via().equals("eth0") && p.flow() == Flow.NEW)
                .filter(p -> List.of(Protocol.TCP, Protocol.UDP).contains(protocol(p)))
                .filter(distinct(Watch::seenAs))
                .limit(PACKETS)
                .toList();
    }

    private static <T> Predicate<T> distinct(Function<T, Object> by) {
        var seen = new HashSet<>();
        return t -> seen.add(by.apply(t));
    }

    /** The path from the first policy of a pair to the second, which may fail and start again. */
    private final class Trial {
        private final TestLab net;
        private final Watch watch;
        private final PolicyPair pair;
        private final List<Packet> packets;
        private final String as;

        Trial(TestLab net, Watch watch, PolicyPair pair, List<Packet> packets, String as) {
            this.net = net;
            this.watch = watch;
            this.pair = pair;
            this.packets = packets;
            this.as = as;
        }

        /** Runs the plan; returns the number of transactions without failures. */
        int run(Random random) throws Ip.NotAnAddress {
            var plan = plan(pair.after());
            assertThat(plan)
                    .as("what is planned from the kernel's own words: %s", as)
                    .isEqualTo(Planner.plan(
                            PolicyCompiler.compile(pair.after()),
                            Expected.of(PolicyCompiler.compile(pair.before())),
                            KnownRules.NONE,
                            IntervalSets.IN_PLACE));
            if (!(plan instanceof Plan.Update update)) {
                return 0;
            }
            int failing = random.nextInt(update.transactions().size());
            goAlong(update, failing);
            var refused = new ArrayList<>(update.transactions().get(failing));
            refused.add(new Step.Delete("chain", "drop_source"));
            assertThat(net.firewall.commit(refused)).as(as).isPresent();
            judge("a failure of transaction " + (failing + 1) + " of "
                    + update.transactions().size());
            var next = random.nextInt(3) == 0 ? pair.before() : pair.after();
            if (plan(next) instanceof Plan.Update rest) {
                goAlong(rest, rest.transactions().size());
            }
            assertThat(plan(next)).as(as).isEqualTo(new Plan.Keep());
            return update.transactions().size();
        }

        private Plan plan(Policy policy) {
            return Planner.plan(PolicyCompiler.compile(policy), read(net), KnownRules.NONE, IntervalSets.IN_PLACE);
        }

        private void goAlong(Plan.Update plan, int until) throws Ip.NotAnAddress {
            for (int done = 0; done < until; done++) {
                assertThat(net.firewall.commit(plan.transactions().get(done)))
                        .as(as)
                        .isEmpty();
                judge("transaction " + (done + 1) + " of " + plan.transactions().size());
            }
        }

        private void judge(String after) throws Ip.NotAnAddress {
            watch.forget();
            packets.stream().map(p -> send(net, p)).toList().forEach(CompletableFuture::join);
            watch.look();
            for (var packet : packets) {
                boolean before = admits(pair.before(), packet);
                if (before == admits(pair.after(), packet)) {
                    assertThat(watch.came(packet)).as("%s came", packet).isTrue();
                    assertThat(watch.passed(packet))
                            .as("%s after %s: %s", packet, after, as)
                            .isEqualTo(before);
                    judged.merge(packet.path() + " " + before, 1, Integer::sum);
                }
            }
        }
    }

    /** The packets that the kernel has seen, on all paths. */
    private static final class Watch {
        private final Sighting arriving;
        private final Departures leaving;
        private Map<Sight, Long> came = Map.of();
        private Map<Sight, Long> passed = Map.of();
        private Map<Departures.To, Long> sent = Map.of();
        private Map<Departures.To, Long> left = Map.of();

        Watch(TestLab net) {
            this.arriving = net.lab.sighting();
            this.leaving = new Departures(net);
            arriving.start();
        }

        void forget() {
            arriving.forget();
            leaving.start();
        }

        void look() {
            came = arriving.came();
            passed = arriving.passed();
            sent = leaving.sent();
            left = leaving.left();
        }

        boolean came(Packet packet) {
            return packet.path() == Path.IN ? came.containsKey(sight(packet)) : sent.containsKey(to(packet));
        }

        boolean passed(Packet packet) {
            return packet.path() == Path.IN ? passed.containsKey(sight(packet)) : left.containsKey(to(packet));
        }

        /** The key by which packets are counted; no two packets of one round may share it. */
        static Object seenAs(Packet packet) {
            return packet.path() == Path.IN ? sight(packet) : to(packet);
        }

        private static Sight sight(Packet packet) {
            return new Sight(packet.from(), packet.protocol(), packet.port());
        }

        private static Departures.To to(Packet packet) {
            return new Departures.To(packet.from().toString(), packet.protocol(), packet.port());
        }
    }

    private static Snapshot read(TestLab net) {
        return switch (net.firewall.read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private static CompletableFuture<String> send(TestLab net, Packet packet) {
        var family = packet.from().family();
        var far = packet.from().toString();
        return switch (packet.path()) {
            case IN -> send(net, Place.STRANGER, far, Place.HOST.address(family), packet);
            // The sending program gets an error for a packet that is dropped when it leaves.
            case OUT ->
                send(net, Place.HOST, Place.HOST.address(family), far, packet).exceptionally(PlanIT::refused);
            case CONTAINER -> send(net, Place.CONTAINER, Place.CONTAINER.address(family), far, packet);
        };
    }

    private static CompletableFuture<String> send(TestLab net, Place by, String from, String to, Packet packet) {
        var outpost = net.lab.from(by);
        return protocol(packet) == Protocol.TCP
                ? outpost.syn(from, to, packet.port())
                : outpost.datagram(from, to, packet.port(), new byte[] {1});
    }

    private static String refused(Throwable failure) {
        assertThat(failure).hasMessageContaining("Operation not permitted");
        return "";
    }

    private static boolean admits(Policy policy, Packet packet) throws Ip.NotAnAddress {
        if (policy.mode() == Mode.OBSERVE) {
            return true;
        }
        var to = new Target.Port(new PortRange(protocol(packet), packet.port(), packet.port()));
        var explanation = switch (packet.path()) {
            case IN -> {
                var at = Ip.parse(Place.HOST.address(packet.from().family()));
                var arrival = new Arrival(Optional.of(packet.via()), Optional.of(at));
                yield new Explainer(policy).explain(packet.from(), to, arrival);
            }
            case OUT, CONTAINER -> new OutgoingExplainer(policy).explain(packet.from(), to, Optional.of(packet.via()));
        };
        return explanation.verdict() == Verdict.ACCEPT;
    }

    private static Protocol protocol(Packet packet) {
        return Protocol.of(packet.protocol()).orElse(Protocol.ESP);
    }
}
