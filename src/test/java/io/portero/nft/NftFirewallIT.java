package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Applier;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.FirewallContract;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.policy.RandomPolicy;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NftFirewallIT implements FirewallContract {
    private final KernelNamespace kernel = KernelNamespace.create();
    private final NftFirewall firewall = new NftFirewall(kernel);
    private final Ruleset ruleset = PolicyCompiler.compile(new RandomPolicy(new Random(42)).next());

    @Override
    public Firewall firewall() {
        return firewall;
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    private Snapshot read() {
        return switch (firewall.read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    @Test
    void loadingTheScriptTwiceIsTheSameAsOnce() {
        assertThat(firewall.load(RulesetPrinter.print(ruleset))).isEmpty();
        assertThat(firewall.load(RulesetPrinter.print(ruleset))).isEmpty();
        assertThat(Planner.plan(ruleset, read(), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
    }

    @Test
    void doesNotChangeForeignTables() {
        kernel.nft("table inet other { set s { type ipv4_addr; elements = { 192.0.2.1 }; }; }\n");
        var before = kernel.output("nft", "list", "table", "inet", "other");
        firewall.load(RulesetPrinter.print(ruleset));
        firewall.remove();
        assertThat(kernel.output("nft", "list", "table", "inet", "other")).isEqualTo(before);
    }

    static Stream<String> tampering() {
        return Stream.of(
                "delete table inet portero",
                "flush table inet portero",
                "flush chain inet portero prerouting",
                "insert rule inet portero prerouting accept",
                "add rule inet portero drop_source accept comment \"mine\"",
                "add chain inet portero extra { type filter hook input priority 0; policy drop; }",
                "add set inet portero extra { type inet_service; elements = { 80 }; }",
                "add counter inet portero extra",
                "add quota inet portero extra { over 10 mbytes }",
                "add map inet portero extra { type ipv4_addr : verdict; elements = { 192.0.2.1 : accept }; }",
                "add table inet portero { flags dormant; }",
                "flush set inet portero banned_v4; flush chain inet portero prerouting; delete set inet portero"
                        + " banned_v4; add set inet portero banned_v4 { type inet_service; }; add rule inet portero"
                        + " prerouting tcp dport @banned_v4 accept",
                "flush chain inet portero prerouting; delete chain inet portero prerouting; add chain inet portero"
                        + " prerouting { type filter hook prerouting priority 10; policy accept; }");
    }

    @ParameterizedTest
    @MethodSource("tampering")
    void repairsChangesOfOthers(String tampering) {
        firewall.load(RulesetPrinter.print(ruleset));
        var fresh = read();
        var known = KnownRules.of(fresh);
        kernel.nft(
                tampering
                                .replace("; add ", "\nadd ")
                                .replace("; delete ", "\ndelete ")
                                .replace("; flush ", "\nflush ") + "\n");
        var plan = Planner.plan(ruleset, read(), known, IntervalSets.IN_PLACE);
        assertThat(plan).isInstanceOf(Plan.Update.class);
        assertThat(new Applier(firewall).apply(plan)).isNotInstanceOf(Outcome.Failed.class);
        assertThat(Planner.plan(ruleset, read(), known, IntervalSets.IN_PLACE)).isEqualTo(new Plan.Keep());
        assertThat(read()).isEqualTo(fresh);
    }

    @Test
    void noticesARuleWhoseBodyWasChangedUnderItsComment() {
        firewall.load(RulesetPrinter.print(ruleset));
        var known = KnownRules.of(read());
        var chain = read().chains().get("drop_source");
        kernel.nft("flush chain inet portero drop_source\n");
        for (var rule : chain.rules()) {
            kernel.nft("add rule inet portero drop_source accept comment \"" + rule.comment() + "\"\n");
        }
        assertThat(Planner.plan(ruleset, read(), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(Planner.plan(ruleset, read(), known, IntervalSets.IN_PLACE)).isInstanceOf(Plan.Update.class);
    }

    @Test
    void keepsBansAndCountersThroughARewriteOfRules() {
        firewall.load(RulesetPrinter.print(ruleset));
        kernel.nft("add element inet portero banned_v4 { 192.0.2.66 timeout 1h }\n");
        kernel.nft("flush chain inet portero prerouting\n");
        new Applier(firewall).apply(Planner.plan(ruleset, read(), KnownRules.NONE, IntervalSets.IN_PLACE));
        assertThat(kernel.output("nft", "list", "set", "inet", "portero", "banned_v4"))
                .contains("192.0.2.66");
    }
}
