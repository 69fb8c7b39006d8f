package io.portero.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.Expected;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DriftFinderTest {
    private static final Ruleset WANTED =
            PolicyCompiler.compile(((Loaded.Accepted) new PolicyReader().parse("p.yaml", """
                            groups: { itsp: [192.0.2.1, 192.0.2.7] }
                            services:
                              ssh: { ports: [22/tcp], from: [any], management: true }
                              sip: { ports: [5060/udp], from: [itsp] }
                            """)).policy());
    private static final Snapshot WHOLE = Expected.of(WANTED);

    private static List<String> told(Snapshot found) {
        return Planner.plan(WANTED, found, KnownRules.NONE, IntervalSets.IN_PLACE) instanceof Plan.Update repair
                ? DriftFinder.find(WANTED, found, repair).stream()
                        .map(Drift::sentence)
                        .toList()
                : List.of();
    }

    private static Snapshot with(String chain, UnaryOperator<List<ActualRule>> change) {
        var chains = new TreeMap<>(WHOLE.chains());
        var old = WHOLE.chains().get(chain);
        chains.put(chain, new ActualChain(chain, old.hook(), change.apply(new ArrayList<>(old.rules()))));
        return with(chains);
    }

    private static Snapshot with(TreeMap<String, ActualChain> chains) {
        return new Snapshot("", true, false, WHOLE.counters(), WHOLE.sets(), WHOLE.maps(), chains, List.of());
    }

    @Test
    void reportsADeletedTable() {
        assertThat(told(Snapshot.ABSENT)).containsExactly("the table was deleted");
    }

    @Test
    void namesRulesByThePolicyKeyThatTheyComeFrom() {
        assertThat(told(with("service_sip", rules -> rules.subList(1, rules.size()))))
                .containsExactly("rule \"services.sip.from: itsp\" of chain service_sip was deleted");
        assertThat(told(with("service_sip", rules -> List.of())))
                .containsExactly("all rules of chain service_sip were deleted");
    }

    @Test
    void reportsForeignRulesAndAnotherOrder() {
        assertThat(told(with("service_sip", rules -> {
                    rules.addFirst(new ActualRule("", "accept", new TreeSet<>()));
                    return rules;
                })))
                .containsExactly("a rule was added to chain service_sip");
        assertThat(told(with("prerouting", List::reversed)))
                .containsExactly("rules of chain prerouting were reordered");
    }

    /**
     * Rules and members change together. The repair also creates the set again, and redirects an unchanged chain to it
     * and back; the report must not mention this.
     */
    @Test
    void reportsRulesAndMembersButNotTheStepsOfTheRepair() throws Exception {
        var foreign = AddressSet.of(AddressRange.parse("198.51.100.9"));
        var sets = new TreeMap<>(WHOLE.sets());
        sets.computeIfPresent(
                "itsp_v4",
                (name, set) -> new ActualSet(
                        name, set.type(), set.flags(), set.addresses().union(foreign)));
        var chains = with("prerouting", rules -> {
                    rules.addFirst(new ActualRule("", "iifname \"eth9\" accept", new TreeSet<>()));
                    return rules;
                })
                .chains();
        var found = new Snapshot("", true, false, WHOLE.counters(), sets, WHOLE.maps(), chains, List.of());
        assertThat(Planner.plan(WANTED, found, KnownRules.NONE, IntervalSets.IN_PLACE))
                .isInstanceOfSatisfying(
                        Plan.Update.class,
                        repair -> assertThat(repair.temporarySets()).containsExactly("itsp_v4.next"));
        assertThat(told(found))
                .containsExactlyInAnyOrder("a rule was added to chain prerouting", "1 member was added to itsp_v4");
    }

    @Test
    void reportsForeignChains() {
        var chains = new TreeMap<>(WHOLE.chains());
        chains.put("extra", new ActualChain("extra", java.util.Optional.empty(), List.of()));
        assertThat(told(with(chains))).containsExactly("chain extra was added");
    }
}
