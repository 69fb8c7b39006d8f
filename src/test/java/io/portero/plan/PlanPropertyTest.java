package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * No plan opens what neither policy admits, and none loses what both admit: after every transaction, whatever fails.
 *
 * <p>{@code -Dplan.seed} repeats a run, {@code -Dplan.pairs} makes it longer. A failure prints the seed of its own
 * pair, for {@code -Dplan.pairs=1}.
 */
class PlanPropertyTest {
    private static final int PACKETS = 60;
    private static final AddressSet EVERYBODY =
            AddressSet.of(AddressRange.everything(Family.V4), AddressRange.everything(Family.V6));

    private final long seed = Long.getLong("plan.seed", System.nanoTime());
    private final int pairs = Integer.getInteger("plan.pairs", 100);
    private IntervalSets intervals = IntervalSets.IN_PLACE;
    private final TreeMap<Integer, Integer> lengths = new TreeMap<>();
    private long judged;

    private interface Trial {
        void run(PolicyPair pair, Random random, String as);
    }

    private void forAllPairs(String what, int pairs, Trial trial) {
        System.out.println(what + ": " + pairs + " pairs of policies, -Dplan.seed=" + seed);
        for (int i = 0; i < pairs; i++) {
            var random = new Random(seed + i);
            var as = "-Dplan.seed=" + (seed + i) + " -Dplan.pairs=1";
            try {
                trial.run(PolicyPair.random(random), random, as);
            } catch (TableModel.Refused e) {
                throw new AssertionError(as, e);
            }
        }
        System.out.println(what + ": " + judged + " judgements; plans by their number of transactions: " + lengths);
    }

    @Test
    void everyTransactionOfAPlanStaysBetweenTheTwoPolicies() {
        forAllPairs("plans", pairs, (pair, random, as) -> {
            var states = walk(pair.start(), PolicyCompiler.compile(pair.after()));
            assertStaysBetween(states, pair.packets(random, PACKETS), as);
        });
        if (pairs >= 100) {
            assertThat(lengths.keySet()).as("plans of most lengths were seen").contains(3, 4);
        }
        if (pairs >= 250) {
            assertThat(lengths.keySet()).as("plans of all lengths were seen").contains(1, 2, 3, 4);
        }
    }

    @Test
    void everyTransactionStaysBetweenAlsoIfIntervalSetsCannotChangeInPlace() {
        intervals = IntervalSets.ANEW;
        forAllPairs("plans, sets of intervals made anew", Math.ceilDiv(pairs, 2), (pair, random, as) -> {
            var after = PolicyCompiler.compile(pair.after());
            var states = walk(pair.start(), after);
            var packets = pair.packets(random, PACKETS / 2);
            assertStaysBetween(states, packets, as);
            assertLooksIntoNoSetThatChanges(states, packets, as);
            int failed = random.nextInt(states.size());
            var on = walk(states.get(failed), random.nextBoolean() ? after : PolicyCompiler.compile(pair.before()));
            assertStaysBetween(on, packets, as + ", failed after " + failed);
            assertLooksIntoNoSetThatChanges(on, packets, as + ", failed after " + failed);
        });
    }

    /** Whatever members an interval set has while it changes, the verdict of each packet must be the same. */
    private void assertLooksIntoNoSetThatChanges(List<Snapshot> states, List<Packet> packets, String as) {
        for (int i = 1; i < states.size(); i++) {
            for (var state : List.of(states.get(i - 1), states.get(i))) {
                var changing = changing(states.get(i - 1), states.get(i));
                var judge = new Interpreter(state);
                var empty = new Interpreter(holding(state, changing, AddressSet.EMPTY));
                var full = new Interpreter(holding(state, changing, EVERYBODY));
                for (var packet : packets) {
                    judged++;
                    assertThat(List.of(empty.admits(packet), full.admits(packet)))
                            .as("transaction %d, %s, %s: %s", i, changing, packet, as)
                            .containsOnly(judge.admits(packet));
                }
            }
        }
    }

    private static List<String> changing(Snapshot before, Snapshot after) {
        return before.sets().values().stream()
                .filter(set -> set.flags().contains("interval"))
                .filter(set -> {
                    var next = after.sets().get(set.name());
                    return next != null && !next.equals(set);
                })
                .map(Snapshot.ActualSet::name)
                .toList();
    }

    private static Snapshot holding(Snapshot table, List<String> sets, AddressSet members) {
        var all = new TreeMap<>(table.sets());
        sets.forEach(name ->
                all.computeIfPresent(name, (n, set) -> new Snapshot.ActualSet(n, set.type(), set.flags(), members)));
        return new Snapshot(
                table.lister(),
                table.present(),
                table.dormant(),
                table.counters(),
                all,
                table.maps(),
                table.chains(),
                table.others());
    }

    @Test
    void thePlanAfterAFailedPlanAlsoStaysBetween() {
        forAllPairs("failures", Math.ceilDiv(pairs, 4), (pair, random, as) -> {
            var before = PolicyCompiler.compile(pair.before());
            var after = PolicyCompiler.compile(pair.after());
            var packets = pair.packets(random, PACKETS / 2);
            var states = walk(pair.start(), after);
            for (int done = 1; done < states.size() - 1; done++) {
                for (var next : List.of(after, before)) {
                    var on = walk(states.get(done), next);
                    assertStaysBetween(on, packets, as + ", failed after " + done);
                    if (on.size() > 2) {
                        int again = 1 + random.nextInt(on.size() - 2);
                        var third = next == before ? after : before;
                        assertStaysBetween(
                                walk(on.get(again), third),
                                packets,
                                as + ", failed after " + done + " and then after " + again);
                    }
                }
            }
        });
    }

    /**
     * Sets and chains of another kind are created again in one transaction together with rules: for these, only the
     * complete transaction counts.
     */
    @Test
    void theRepairOfATamperedTableAlsoStaysBetween() {
        forAllPairs("repairs", pairs, (pair, random, as) -> {
            var found = Tampering.with(random, pair.start());
            var to = random.nextBoolean() ? pair.before() : pair.after();
            assertStaysBetween(walk(found, PolicyCompiler.compile(to)), pair.packets(random, PACKETS), false, as);
        });
    }

    @Test
    void theInterpreterAgreesWithExplain() {
        forAllPairs("explain", Math.ceilDiv(pairs, 2), (pair, random, as) -> {
            var explainer = new Explainer(pair.before());
            var leaving = new OutgoingExplainer(pair.before());
            var interpreter = new Interpreter(pair.start());
            for (var packet : pair.packets(random, PACKETS / 4)) {
                if (packet.flow() == Packet.Flow.NEW) {
                    boolean enforced = pair.before().mode() == Mode.ENFORCE;
                    var arrival = new Arrival(Optional.of(packet.via()), packet.at());
                    var verdict = (packet.path() == Packet.Path.IN
                                    ? explainer.explain(packet.from(), target(packet), arrival)
                                    : leaving.explain(packet.from(), target(packet), Optional.of(packet.via())))
                            .verdict();
                    assertThat(interpreter.admits(packet))
                            .as("%s: %s", as, packet)
                            .isEqualTo(!enforced || verdict == Verdict.ACCEPT);
                    judged++;
                }
            }
        });
    }

    private static Target target(Packet packet) {
        return Protocol.of(packet.protocol())
                .<Target>map(p -> new Target.Port(
                        p.hasPorts() ? new PortRange(p, packet.port(), packet.port()) : PortRange.whole(p)))
                .orElseGet(() -> new Target.Ping());
    }

    /** The states of the table from the first to the last; the last must be equal to a fresh table. */
    private List<Snapshot> walk(Snapshot start, Ruleset want) {
        var states = new ArrayList<>(List.of(start));
        if (Planner.plan(want, start, KnownRules.NONE, intervals) instanceof Plan.Update update) {
            for (var transaction : update.transactions()) {
                states.add(TableModel.after(states.getLast(), transaction));
            }
        }
        lengths.merge(states.size() - 1, 1, Integer::sum);
        assertThat(Planner.plan(want, states.getLast(), KnownRules.NONE, intervals))
                .isEqualTo(new Plan.Keep());
        var fresh = Expected.of(want);
        assertThat(states.getLast())
                .isEqualTo(new Snapshot(
                        states.getLast().lister(),
                        true,
                        false,
                        fresh.counters(),
                        fresh.sets(),
                        fresh.maps(),
                        fresh.chains(),
                        List.of()));
        return states;
    }

    /**
     * Compares each state with the first and the last. Does the same with the states that the kernel can have for a
     * moment within a transaction that changes both: the new rules with the old members.
     */
    private void assertStaysBetween(List<Snapshot> states, List<Packet> packets, String as) {
        assertStaysBetween(states, packets, true, as);
    }

    private void assertStaysBetween(List<Snapshot> states, List<Packet> packets, boolean within, String as) {
        var first = new Interpreter(states.getFirst());
        var last = new Interpreter(states.getLast());
        for (int i = 1; i < states.size(); i++) {
            var state = states.get(i);
            var previous = states.get(i - 1);
            var moments = new ArrayList<>(List.of(new Interpreter(state)));
            if (within && !previous.chains().equals(state.chains())) {
                moments.add(new Interpreter(Interpreter.torn(state, previous)));
                moments.add(new Interpreter(Interpreter.torn(previous, state)));
            }
            for (var packet : packets) {
                boolean old = first.admits(packet);
                boolean next = last.admits(packet);
                if (old == next) {
                    for (var moment : moments) {
                        judged++;
                        if (moment.admits(packet) != old) {
                            throw new AssertionError("after transaction " + i + " of " + (states.size() - 1) + " "
                                    + packet + (old ? " is lost" : " gets in") + ": " + as);
                        }
                    }
                }
            }
        }
    }
}
