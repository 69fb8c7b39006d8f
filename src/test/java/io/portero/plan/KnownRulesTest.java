package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualRule;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KnownRulesTest {
    private static final String POLICY = "services: { ssh: { ports: [22/tcp], from: [198.51.100.1] } }";

    private final Snapshot fresh = Walk.fresh(POLICY);

    private Plan plan(Snapshot found, KnownRules known) {
        return Planner.plan(PolicyCompiler.compile(Walk.policy(POLICY)), found, known, IntervalSets.IN_PLACE);
    }

    /** Every rule of the chain accepts, with its original comment. */
    private Snapshot tampered(String chain) {
        var chains = new TreeMap<>(fresh.chains());
        chains.computeIfPresent(
                chain,
                (name, old) -> new ActualChain(
                        name,
                        old.hook(),
                        old.rules().stream()
                                .map(r -> new ActualRule(r.comment(), "accept", r.lookups()))
                                .toList()));
        return new Snapshot(
                fresh.lister(), true, false, fresh.counters(), fresh.sets(), fresh.maps(), chains, List.of());
    }

    @Test
    void findsABodyThatChangedUnderItsCommentIfTheRuleIsKnown() {
        var found = tampered("service_ssh");
        assertThat(plan(found, KnownRules.NONE)).isEqualTo(new Plan.Keep());
        assertThat(plan(found, KnownRules.of(fresh))).isInstanceOf(Plan.Update.class);
        assertThat(plan(fresh, KnownRules.of(fresh))).isEqualTo(new Plan.Keep());
    }

    @Test
    void ignoresBodiesListedByAnotherVersionOfNft() {
        var other = new KnownRules("nft 9", KnownRules.of(fresh).bodies());
        assertThat(plan(tampered("service_ssh"), other)).isEqualTo(new Plan.Keep());
    }

    @Test
    void fillsOnlyADistrustedChainAgain() {
        var known = KnownRules.distrusting(fresh, List.of("service_ssh"));
        assertThat(plan(fresh, known))
                .isInstanceOfSatisfying(
                        Plan.Update.class,
                        update -> assertThat(update.switchOver())
                                .hasSize(2)
                                .startsWith(new Step.FlushChain("service_ssh")));
    }
}
