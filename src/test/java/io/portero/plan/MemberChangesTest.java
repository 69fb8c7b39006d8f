package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.Chain;
import io.portero.compile.Rule;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Changes of members of sets that other chains, a dormant table or an older kernel look up. */
class MemberChangesTest {
    private static final String TWO = "services: { ssh: { ports: [22/tcp], from: [198.51.100.1, 198.51.100.2] } }";
    private static final String ONE = "services: { ssh: { ports: [22/tcp], from: [198.51.100.1] } }";
    private static final String ANY_WEB = ONE.replace(" } }", " }, web: { ports: [443/tcp], from: [any] } }");

    @Test
    void aSourceThatLeavesDenyAndAServiceIsNeverAdmittedWhenTheDenySetIsNew() {
        var walk = Walk.between("""
                groups: { a: [198.51.100.1, 198.51.100.2], d: [198.51.100.2] }
                services:
                  ssh: { ports: [22/tcp], from: [a] }
                  web: { ports: [80/tcp, 81/tcp], from: [d] }
                deny: [d]
                """, """
                groups: { a: [198.51.100.1], d: [198.51.100.3] }
                services:
                  ssh: { ports: [22/tcp], from: [a] }
                  web: { ports: [80/tcp], from: [d] }
                deny: [d]
                """);
        assertThat(walk.states().getFirst().sets()).containsKey("d_v4");
        assertThat(walk.transactions()).hasSize(4);
        assertThat(walk.never("198.51.100.2 22/tcp")).isTrue();
        assertThat(walk.always("198.51.100.1 22/tcp")).isTrue();
    }

    @Test
    void aSourceDroppedByAForeignRuleThatLeavesAServiceIsNeverAdmitted() {
        var table = rewritten("accept_ssh", new Rule("mine", "ip saddr 198.51.100.2 drop"), new Rule("mine", "accept"));
        assertThat(Walk.on(table, ONE).never("198.51.100.2 22/tcp")).isTrue();
    }

    @Test
    void aSourceDroppedInAnotherBaseChainThatLeavesAServiceIsNeverAdmitted() {
        var table = rewritten("input", new Rule("mine", "ip saddr 198.51.100.2 drop"));
        assertThat(Walk.on(table, ONE).never("198.51.100.2 22/tcp")).isTrue();
    }

    private static Snapshot rewritten(String chain, Rule... rules) {
        return TableModel.after(
                Walk.fresh(TWO),
                List.of(
                        new Step.FlushChain(chain),
                        new Step.FillChain(new Chain(chain, Optional.empty(), List.of(rules)))));
    }

    @Test
    void aSourceThatADormantTableDeniedIsNeverDeniedForAMoment() {
        var before = "groups: { d: [198.51.100.2] }\ndeny: [d]\nservices: { ssh: { ports: [22/tcp], from: [any] } }";
        var awake = Walk.fresh(before);
        var asleep = new Snapshot(
                awake.lister(), true, true, awake.counters(), awake.sets(), awake.maps(), awake.chains(), List.of());
        var walk = Walk.on(asleep, before.replace("100.2", "100.9"));
        assertThat(walk.always("198.51.100.2 22/tcp")).isTrue();
    }

    @Test
    void aForeignChainInADormantTableIsNeverActivated() {
        var foreign = new Chain(
                "foreign",
                Optional.of(new Chain.Hook("filter", "prerouting", 3, "accept")),
                List.of(new Rule("mine", "ip saddr 198.51.100.1 drop")));
        var awake = TableModel.after(Walk.fresh(TWO), List.of(new Step.AddChain(foreign), new Step.FillChain(foreign)));
        var asleep = new Snapshot(
                awake.lister(), true, true, awake.counters(), awake.sets(), awake.maps(), awake.chains(), List.of());
        assertThat(Walk.on(asleep, ONE).always("198.51.100.1 22/tcp")).isTrue();
    }

    @Test
    void anIntervalSetIsReplacedIfItCannotChangeInPlace() {
        var walk = Walk.on(Walk.fresh(TWO), ONE, IntervalSets.ANEW);
        assertThat(walk.transactions()).hasSize(4);
        assertThat(walk.states().get(2).sets().keySet()).contains("service_ssh.from_v4", "service_ssh.from_v4.next");
        assertThat(walk.states().getLast()).isEqualTo(Walk.fresh(ONE));
        assertThat(walk.admits("198.51.100.2 22/tcp")).containsExactly(true, true, false, false, false);
        assertThat(walk.always("198.51.100.1 22/tcp")).isTrue();
    }

    @Test
    void aHashSetOfManyHostsChangesInPlaceOnAnyKernel() {
        var members = IntStream.range(0, 300)
                .mapToObj(i -> "10.0." + i / 100 + "." + 2 * (i % 100))
                .toList();
        var before = "groups: { a: %s }\nservices: { ssh: { ports: [22/tcp], from: [a] } }".formatted(members);
        var after = before.replace("10.0.0.0,", "");
        assertThat(Walk.on(Walk.fresh(before), after, IntervalSets.ANEW).transactions())
                .hasSize(1)
                .first()
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
    }

    @Test
    void aSetWithoutLookUpsChangesInPlaceOnAnyKernel() {
        var walk = Walk.on(Walk.fresh(ANY_WEB), ANY_WEB.replace("22/tcp", "23/tcp"), IntervalSets.ANEW);
        assertThat(walk.transactions()).hasSize(3);
        var failed = Walk.on(Walk.fresh(TWO), ONE, IntervalSets.ANEW).states().get(3);
        assertThat(Walk.on(failed, TWO, IntervalSets.ANEW).transactions())
                .as("the rules still look into the set under its temporary name")
                .hasSize(3);
    }
}
