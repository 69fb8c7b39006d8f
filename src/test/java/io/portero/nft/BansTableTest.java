package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.Chain;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Rule;
import io.portero.plan.Snapshot;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.RandomPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BansTableTest {
    private final List<Rule> plain = PolicyCompiler.bannedLookUps();

    private static TimedChange ban(String note) throws Exception {
        var range = AddressRange.parse("192.0.2.66");
        return new TimedChange.Put(
                "banned_v4", List.of(new TimedMember(range, Optional.of(Duration.ofHours(1)), note)));
    }

    @Test
    void aSealedTableChecksTheMarkInsteadOfTheSets() {
        assertThat(plain).hasSize(4);
        for (var rule : plain) {
            var sealed = BansTable.sealed(rule);
            assertThat(sealed.text()).contains("meta priority and 0x20000000 != 0 goto drop_banned");
            assertThat(sealed.lookups()).isEmpty();
            assertThat(sealed.key()).isEqualTo(rule.key());
            assertThat(BansTable.isOfSealed(sealed.comment())).isTrue();
            assertThat(BansTable.planned(sealed.comment())).isEqualTo(rule.comment());
            assertThat(BansTable.inOther(rule.comment(), TableForm.SEALED)).contains(sealed);
            assertThat(BansTable.inOther(sealed.comment(), TableForm.PLAIN)).contains(rule);
        }
        assertThat(plain.stream().map(BansTable::sealed).map(Rule::comment)).doesNotHaveDuplicates();
    }

    @Test
    void doesNotChangeOtherRules() {
        var rules = PolicyCompiler.compile(new RandomPolicy(new Random(3)).next()).chains().stream()
                .flatMap(chain -> chain.rules().stream())
                .toList();
        rules.stream()
                .filter(rule -> !plain.contains(rule))
                .forEach(rule -> assertThat(BansTable.sealed(rule)).isEqualTo(rule));
        assertThat(rules).containsAll(plain);
    }

    @Test
    void bansAreAddedToTheBansTableAndNotesCannotNameAnotherTable() throws Exception {
        var script =
                TableForm.SEALED.script(List.of(ban("add element inet portero x")), Optional.empty(), TableForm.FLAGS);
        assertThat(script.lines().filter(line -> line.startsWith("add element ") || line.startsWith("delete ")))
                .isNotEmpty()
                .allMatch(line -> line.contains(" element inet portero_bans banned_v4 {"));
        assertThat(script).contains("comment \"add element inet portero x\"");
    }

    @Test
    void theTableIsNamedWithItsFlags() {
        var script = TableForm.SEALED.script(
                List.of(
                        new Step.AddTable(),
                        new Step.AddCounter("dropped_deny"),
                        new Step.FillChain(new Chain("prerouting", Optional.empty(), plain))),
                Optional.empty(),
                TableForm.FLAGS);
        assertThat(script)
                .startsWith("add table inet portero { flags owner, persist; }\n")
                .contains("table inet portero {\n\tflags owner, persist;\n")
                .doesNotContain("@banned");
        assertThat(TableForm.PLAIN.script(List.of(new Step.AddTable()), Optional.empty(), TableForm.FLAGS))
                .isEqualTo("add table inet portero\n");
    }

    @Test
    void aMissingSetCreatesTheWholeTableAgain() {
        var set = PolicyCompiler.compile(new RandomPolicy(new Random(3)).next()).sets().stream()
                .filter(s -> s.name().equals("banned_v4"))
                .findFirst()
                .orElseThrow();
        var script = TableForm.SEALED.script(List.of(new Step.AddSet(set)), Optional.empty(), TableForm.FLAGS);
        assertThat(script)
                .startsWith("add table inet portero_bans\ndelete table inet portero_bans\ntable inet portero_bans {\n")
                .contains("set banned_v4 {", "set banned_v6 {", "set banned.nets_v4 {", "set banned.nets_v6 {")
                .contains("type filter hook prerouting priority -111; policy accept;");
    }

    @Test
    void aMissingBansTableLeavesTheSnapshotUnchanged() {
        var own = new Snapshot(
                "nft 1.1.3",
                true,
                false,
                new java.util.TreeSet<>(),
                new java.util.TreeMap<>(),
                new java.util.TreeMap<>(),
                new java.util.TreeMap<>(),
                List.of());
        assertThat(BansTable.joined(own, Snapshot.ABSENT)).isEqualTo(own);
    }
}
