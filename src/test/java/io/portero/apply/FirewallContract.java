package io.portero.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.plan.Step;
import io.portero.policy.Policy;
import io.portero.policy.RandomPolicy;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The guarantees of every firewall; the fake and the kernel must both pass these tests. */
public interface FirewallContract {
    Firewall firewall();

    private static Policy policy(long seed) {
        return new RandomPolicy(new Random(seed)).next();
    }

    private Snapshot snapshot() {
        return switch (firewall().read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private void put(Ruleset ruleset) {
        var outcome = new Applier(firewall())
                .apply(Planner.plan(ruleset, snapshot(), KnownRules.NONE, IntervalSets.IN_PLACE));
        assertThat(outcome).isNotInstanceOf(Outcome.Failed.class);
    }

    @Test
    default void isEmptyAtFirst() {
        assertThat(snapshot()).isEqualTo(Snapshot.ABSENT);
        assertThat(firewall().remove()).isEmpty();
    }

    @Test
    default void afterAnApplyThePlanIsKeep() {
        for (long seed = 0; seed < 20; seed++) {
            var ruleset = PolicyCompiler.compile(policy(seed));
            put(ruleset);
            assertThat(Planner.plan(ruleset, snapshot(), KnownRules.NONE, IntervalSets.IN_PLACE))
                    .as("seed %d", seed)
                    .isEqualTo(new Plan.Keep());
        }
    }

    @Test
    default void theResultDoesNotDependOnEarlierPolicies() {
        var last = PolicyCompiler.compile(policy(99));
        put(last);
        var fresh = snapshot();
        for (long seed = 100; seed < 115; seed++) {
            put(PolicyCompiler.compile(policy(seed)));
            put(last);
            assertThat(snapshot()).as("by way of seed %d", seed).isEqualTo(fresh);
        }
    }

    private static Ruleset hosts(int from, int to, int step, String port) {
        var text = new StringBuilder("services:\n  ssh: { ports: [" + port + "], from: [10.1.0.0/16");
        for (int i = from; i < to; i += step) {
            text.append(", 192.0.").append(i / 256).append('.').append(i % 256);
        }
        return compiled(text.append("], management: true }\n").toString());
    }

    private static Ruleset compiled(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> PolicyCompiler.compile(accepted.policy());
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    @Test
    default void aLargeGroupOfHostsChangesAndMergesIntoRanges() {
        var ways = List.of(
                hosts(0, 1200, 2, "22/tcp"),
                hosts(0, 1200, 3, "22/tcp"),
                hosts(1, 1200, 2, "2222/tcp"),
                hosts(0, 1200, 1, "2222/tcp"),
                hosts(0, 1200, 2, "22/tcp"),
                hosts(0, 100, 2, "22/tcp"),
                hosts(1, 1199, 2, "22/tcp"));
        for (var ruleset : ways) {
            put(ruleset);
            assertThat(Planner.plan(ruleset, snapshot(), KnownRules.NONE, IntervalSets.IN_PLACE))
                    .isEqualTo(new Plan.Keep());
        }
        assertThat(ways.getFirst().sets()).anyMatch(NamedSet.Hosts.class::isInstance);
    }

    private static Ruleset outgoing(String outgoing) {
        return compiled("""
                groups: { carrier: [203.0.113.0/24, "2001:db8:203::/48"] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                """ + outgoing);
    }

    @Test
    default void outgoingCanBeAddedChangedAndRemoved() {
        var nothing = outgoing("");
        var ways = List.of(
                nothing,
                outgoing("outgoing: { refuse: { mail: { ports: [25/tcp], to: [any] } } }"),
                outgoing("outgoing: { default: drop, services: { sip: { ports: [5060/udp, esp], to: [carrier] } } }"),
                outgoing(
                        "outgoing: { default: drop, services: { sip: { ports: [5060/udp], to: [any], on: [eth1] } } }"),
                nothing,
                outgoing("outgoing: { default: drop }"),
                nothing);
        for (var ruleset : ways) {
            put(ruleset);
            assertThat(Planner.plan(ruleset, snapshot(), KnownRules.NONE, IntervalSets.IN_PLACE))
                    .isEqualTo(new Plan.Keep());
            assertThat(snapshot().chains().containsKey("output")).isEqualTo(!ruleset.equals(nothing));
        }
    }

    @Test
    default void aRefusedTransactionChangesNothing() {
        put(PolicyCompiler.compile(policy(7)));
        var before = snapshot();
        var failure = firewall().commit(List.of(new Step.AddCounter("extra"), new Step.Delete("chain", "drop_source")));
        assertThat(failure.map(Failure::kind)).contains(Failure.Kind.REJECTED);
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    default void aRebuiltTableIsEqualToAnUpdatedTable() {
        var ruleset = PolicyCompiler.compile(policy(7));
        put(ruleset);
        var grown = snapshot();
        firewall().remove();
        assertThat(new Applier(firewall()).apply(Planner.rebuild(ruleset))).isInstanceOf(Outcome.Applied.class);
        assertThat(snapshot()).isEqualTo(grown);
        assertThat(Planner.rebuild(ruleset).transactions()).hasSize(1);
    }

    @Test
    default void aRebuildOfAnExistingTableIsRejected() {
        var ruleset = PolicyCompiler.compile(policy(7));
        put(ruleset);
        var before = snapshot();
        assertThat(new Applier(firewall()).apply(Planner.rebuild(ruleset)))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        f -> assertThat(f.failure().kind()).isEqualTo(Failure.Kind.REJECTED));
        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    default void removesTheTable() {
        put(PolicyCompiler.compile(policy(7)));
        assertThat(firewall().remove()).isEmpty();
        assertThat(snapshot().present()).isFalse();
    }

    @Test
    default void everyCounterCanBeRead() {
        var ruleset = PolicyCompiler.compile(policy(7));
        put(ruleset);
        var counters = firewall().counters();
        assertThat(counters).isInstanceOf(Reading.Of.class);
        if (counters instanceof Reading.Of<java.util.Map<String, Firewall.Count>>(var counts)) {
            assertThat(counts.keySet()).isEqualTo(ruleset.counters());
        }
    }
}
