package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Applier;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.FirewallContract;
import io.portero.apply.Outcome;
import io.portero.compile.Chain;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.RandomPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table that an nft owns; needs a newer nft than Debian 12's, and kernel 6.9 or newer. */
class SealedFirewallIT implements FirewallContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final KernelNamespace kernel = KernelNamespace.create();
    private final String nft = NewerNft.find().toString();
    private final Ruleset ruleset = PolicyCompiler.compile(new RandomPolicy(new Random(42)).next());
    private final List<Long> pids = new CopyOnWriteArrayList<>();

    @TempDir
    private Path scratch;

    private Sealing sealing;
    private NftFirewall firewall;

    @BeforeEach
    void seal() {
        sealing = sealing();
        firewall = firewall(sealing);
        sealing.get();
        var why = sealing.whyNot().orElse("");
        if (!sealing.isSealed() && "true".equals(System.getenv("CI")) && isNewKernel()) {
            throw new AssertionError("not sealed: " + why);
        }
        Assumptions.assumeTrue(sealing.isSealed(), "not sealed: " + why);
    }

    private static boolean isNewKernel() {
        var release = System.getProperty("os.version").split("[.-]");
        return Integer.parseInt(release[0]) * 1000 + Integer.parseInt(release[1]) >= 6009;
    }

    private Sealing sealing() {
        return new Sealing(kernel, NftProgram.only(kernel, nft), kernel.before(), scratch, pids::add, System::nanoTime);
    }

    private NftFirewall firewall(Sealing sealing) {
        var program = NftProgram.only(kernel, nft);
        return new NftFirewall(sealing, program, new NftHealth(program, System::nanoTime), CommitListener.NOBODY);
    }

    @Override
    public Firewall firewall() {
        return firewall;
    }

    @AfterEach
    void close() {
        sealing.close();
        kernel.close();
    }

    private Snapshot read() {
        return read(firewall);
    }

    private static Snapshot read(Firewall firewall) {
        return switch (firewall.read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private void put(Ruleset wanted) {
        var plan = Planner.plan(wanted, read(), KnownRules.NONE, IntervalSets.IN_PLACE);
        assertThat(new Applier(firewall).apply(plan)).isNotInstanceOf(Outcome.Failed.class);
    }

    private CommandResult.Completed by(String program, String script) {
        var result = kernel.run(new Command(List.of(program, "-f", "-"), script, TIMEOUT));
        return result instanceof CommandResult.Completed done ? done : failed(result);
    }

    private static CommandResult.Completed failed(CommandResult result) {
        throw new AssertionError(result.toString());
    }

    private String flags() {
        return kernel.output(nft, "list", "table", "inet", "portero")
                .lines()
                .filter(line -> line.startsWith("\tflags "))
                .findFirst()
                .orElse("none");
    }

    private void ban(String address, Duration time) {
        var change = new TimedChange.Put(
                "banned_v4", List.of(new TimedMember(range(address), Optional.of(time), "by hand")));
        assertThat(firewall.commit(List.of(change))).isEmpty();
    }

    private static AddressRange range(String address) {
        try {
            return AddressRange.of(Ip.parse(address));
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private List<String> banned(Firewall from) {
        return switch (from.members("banned_v4")) {
            case Reading.Of<List<TimedMember>>(var members) ->
                members.stream().map(m -> m.range().toString()).toList();
            case Reading.Failed<List<TimedMember>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    static Stream<String> attacks() {
        return Stream.of(
                "delete table inet portero",
                "flush table inet portero",
                "flush chain inet portero prerouting",
                "insert rule inet portero prerouting accept",
                "add chain inet portero extra { type filter hook input priority 0; policy drop; }",
                "add set inet portero extra { type inet_service; }",
                "flush set inet portero dropped.sources_v4",
                "add table inet portero { flags dormant; }");
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void nobodyElseCanChangeTheTable(String attack) {
        put(ruleset);
        var before = read();
        var done = by(nft, attack + "\n");
        assertThat(done.succeeded()).isFalse();
        assertThat(done.errors()).contains("Operation not permitted");
        assertThat(read()).isEqualTo(before);
    }

    @Test
    void aFlushKeepsTheTableAndTheNextPlanRestoresTheBansTable() {
        put(ruleset);
        var whole = read();
        assertThat(by(nft, "flush ruleset\n").succeeded()).isTrue();
        assertThat(kernel.output(nft, "list", "tables").lines().toList()).containsExactly("table inet portero");
        var plan = Planner.plan(ruleset, read(), KnownRules.of(whole), IntervalSets.IN_PLACE);
        assertThat(plan)
                .isInstanceOfSatisfying(
                        Plan.Update.class, u -> assertThat(u.timedSetsMade()).hasSize(4));
        assertThat(new Applier(firewall).apply(plan)).isInstanceOf(Outcome.Applied.class);
        assertThat(read()).isEqualTo(whole);
    }

    static Stream<String> changesOfTheBansTable() {
        return Stream.of(
                "flush chain inet portero_bans prerouting",
                "insert rule inet portero_bans prerouting accept",
                "add chain inet portero_bans extra { type filter hook input priority 0; policy drop; }",
                "add set inet portero_bans extra { type inet_service; }",
                "add counter inet portero_bans extra",
                "flush chain inet portero_bans prerouting\ndelete set inet portero_bans banned_v6",
                "flush chain inet portero_bans prerouting\ndelete set inet portero_bans banned_v6\n"
                        + "add set inet portero_bans banned_v6 { type inet_service; }",
                "delete chain inet portero_bans prerouting\n"
                        + "add chain inet portero_bans prerouting { type filter hook prerouting priority 10; }");
    }

    @ParameterizedTest
    @MethodSource("changesOfTheBansTable")
    void theBansTableIsRepairedAndKeepsItsBans(String change) {
        put(ruleset);
        ban("192.0.2.66", Duration.ofHours(1));
        var whole = read();
        assertThat(by(
                                nft,
                                change.replace("delete chain", "flush chain inet portero_bans prerouting\ndelete chain")
                                        + "\n")
                        .errors())
                .isEmpty();
        var plan = Planner.plan(ruleset, read(), KnownRules.of(whole), IntervalSets.IN_PLACE);
        assertThat(plan).isInstanceOf(Plan.Update.class);
        assertThat(new Applier(firewall).apply(plan)).isInstanceOf(Outcome.Applied.class);
        assertThat(Planner.plan(ruleset, read(), KnownRules.of(whole), IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(banned(firewall)).containsExactly("192.0.2.66");
        assertThat(kernel.output(nft, "-s", "list", "chain", "inet", "portero_bans", "prerouting"))
                .contains("priority -111", "ip saddr @banned_v4 meta priority set meta priority | 2000:0");
    }

    @Test
    void otherProgramsCanBan() {
        put(ruleset);
        assertThat(by(nft, "add element inet portero_bans banned_v4 { 192.0.2.7 timeout 1h }\n")
                        .succeeded())
                .isTrue();
        assertThat(banned(firewall)).containsExactly("192.0.2.7");
        assertThat(read().sets().get("banned_v4").timed()).hasSize(1);
    }

    @Test
    void aKilledOwnerIsReplacedAtOnceAndTheTableStays() throws Exception {
        put(ruleset);
        var before = read();
        Thread.sleep(1_100); // an owner that ends right after its start is replaced only at the next command
        var first = pids.getLast();
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        for (int i = 0; i < 200 && pids.getLast().equals(first) || !flags().contains("owner"); i++) {
            Thread.sleep(20);
        }
        assertThat(flags()).contains("owner").contains("persist");
        assertThat(pids.getLast()).isNotEqualTo(first);
        assertThat(read()).isEqualTo(before);
        assertThat(by(nft, "delete table inet portero\n").succeeded()).isFalse();
    }

    @Test
    void aHangingOwnerIsKilledInTimeAndTheNextCommandStartsAnother() throws Exception {
        put(ruleset);
        var before = read();
        var hanging = pids.getLast();
        new ProcessBuilder("kill", "-STOP", hanging.toString()).start().waitFor();
        var result = sealing.run(new Command(List.of(nft, "list", "tables"), "", Duration.ofMillis(500)));
        assertThat(result).isInstanceOf(CommandResult.TimedOut.class);
        assertThat(ProcessHandle.of(hanging).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(read()).isEqualTo(before);
        assertThat(flags()).contains("owner");
    }

    @Test
    void theTableSurvivesTheAgentAndTheNextAgentAdoptsIt() {
        put(ruleset);
        ban("192.0.2.66", Duration.ofHours(1));
        var before = read();
        sealing.close();
        assertThat(flags()).contains("persist").doesNotContain("owner");
        sealing = sealing();
        firewall = firewall(sealing);
        assertThat(read()).isEqualTo(before);
        assertThat(Planner.plan(ruleset, read(), KnownRules.of(before), IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(flags()).contains("owner");
    }

    @Test
    void aPlainTableIsTakenOverWithItsCountersAndMembers() {
        sealing.close();
        var plain = new NftFirewall(kernel, NftProgram.only(kernel, nft));
        assertThat(new Applier(plain).apply(Planner.rebuild(ruleset))).isInstanceOf(Outcome.Applied.class);
        kernel.run(new Command(
                List.of(nft, "-f", "-"),
                "add element inet portero banned_v4 { 192.0.2.66 timeout 1h comment \"by hand\" }\n"
                        + "add element inet portero banned.nets_v4 { 198.51.100.0/25 timeout 1h }\n"
                        + "add element inet portero revoked_v4 { 192.0.2.9 timeout 1h }\n",
                TIMEOUT));
        sealing = sealing();
        firewall = firewall(sealing);
        assertThat(Planner.plan(ruleset, read(), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(sealing.whyNot()).isEmpty();
        assertThat(flags()).contains("owner");
        assertThat(kernel.output(nft, "list", "tables").lines().toList())
                .containsExactlyInAnyOrder("table inet portero", "table inet portero_bans");
        assertThat(banned(firewall)).containsExactly("192.0.2.66");
        assertThat(read().sets().get("banned.nets_v4").timed()).hasSize(1);
        assertThat(read().sets().get("revoked_v4").timed()).hasSize(1);
    }

    @Test
    void aSealedTableBecomesPlainIfThePolicyForbidsSealing() {
        put(ruleset);
        ban("192.0.2.66", Duration.ofHours(1));
        sealing.allow(false);
        assertThat(Planner.plan(ruleset, read(), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(sealing.isSealed()).isFalse();
        assertThat(sealing.whyNot()).contains("agent.sealed is never");
        assertThat(flags()).isEqualTo("none");
        assertThat(kernel.output(nft, "list", "tables").lines().toList()).containsExactly("table inet portero");
        assertThat(banned(firewall)).containsExactly("192.0.2.66");
        sealing.allow(true);
        assertThat(banned(firewall)).containsExactly("192.0.2.66");
        assertThat(flags()).contains("owner");
    }

    @Test
    void commandsWorkOnATableWithoutAnOwner() {
        put(ruleset);
        sealing.close();
        var program = NftProgram.only(kernel, nft);
        var command = new NftFirewall(kernel, program, new KernelForm(kernel, program));
        assertThat(Planner.plan(ruleset, read(command), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        var other = PolicyCompiler.compile(new RandomPolicy(new Random(43)).next());
        var outcome =
                new Applier(command).apply(Planner.plan(other, read(command), KnownRules.NONE, IntervalSets.IN_PLACE));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        assertThat(Planner.plan(other, read(command), KnownRules.NONE, IntervalSets.IN_PLACE))
                .isEqualTo(new Plan.Keep());
        assertThat(flags()).contains("persist").doesNotContain("owner");
        assertThat(command.remove()).isEmpty();
        assertThat(kernel.output(nft, "list", "tables")).isEmpty();
    }

    @Test
    void commandsCreateBaseChainsInATableWithoutAnOwner() {
        put(ruleset);
        sealing.close();
        var program = NftProgram.only(kernel, nft);
        var command = new NftFirewall(kernel, program, new KernelForm(kernel, program));
        var hooked = new Chain("extra", Optional.of(Chain.Hook.CHOKE_POINT), List.of());
        assertThat(command.commit(List.of(new Step.AddChain(hooked)))).isEmpty();
        assertThat(read(command).chains()).containsKey("extra");
    }

    @Test
    void leavesNoFilesAndNoProbeBehind() throws Exception {
        put(ruleset);
        assertThat(kernel.output(nft, "list", "tables")).doesNotContain("probe").doesNotContain("bridge");
        try (var files = Files.list(scratch)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void theOwnerIsReplacedBeforeItGrowsTooLarge() {
        put(ruleset);
        var first = pids.getLast();
        for (int i = 0; i < 4_010; i++) {
            sealing.run(new Command(List.of(nft, "-j", "list", "counters", "table", "inet", "portero"), "", TIMEOUT));
        }
        assertThat(pids.getLast()).isNotEqualTo(first);
        assertThat(flags()).contains("owner");
    }
}
