package io.portero.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageKeeperTest {
    private static final String NOW = policy("192.0.2.0/24");
    private static final String NEXT = policy("192.0.2.7");

    @TempDir
    private Path directory;

    private final FakeStageTable table = new FakeStageTable();
    private final List<StageNews> news = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static String policy(String itsp) {
        return """
                groups: { itsp: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """.formatted(itsp);
    }

    private static Policy parsed(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    /** As after a restart. */
    private StageKeeper keeper() {
        var clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        var memory = new StageMemory(new StateDirectory(directory));
        return new StageKeeper(table, new PolicyReader(clock), memory, clock, news::add);
    }

    private static StageKeeper.Present present(String inForce, AddressSet leftOut) {
        return new StageKeeper.Present(parsed(inForce), () -> Outside.UNKNOWN, () -> leftOut);
    }

    private static StageKeeper.Present present(String inForce) {
        return present(inForce, AddressSet.EMPTY);
    }

    private Stage stage(String text) {
        return Stage.of("next.yaml", text, parsed(text), now, Duration.ofHours(2));
    }

    @Test
    void createsATableThatExpiresShortlyAfterTheStage() {
        var keeper = keeper();
        assertThat(keeper.begin(stage(NEXT), present(NOW))).isInstanceOf(StageResult.Done.class);
        assertThat(table.loaded).singleElement().asString().contains("timeout 7260s", "staged_drop_sip");
        assertThat(keeper.staged().orElseThrow().counters()).containsExactly("staged_drop_sip");
        assertThat(keeper.nextExpiry()).contains(now.plus(Duration.ofHours(2)));
        assertThat(news).singleElement().isInstanceOf(StageNews.Began.class);
    }

    @Test
    void doesNothingWhileNothingChanges() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        keeper.follow(present(NOW), true, true);
        keeper.follow(present(NOW), false, true);
        assertThat(table.loaded).hasSize(1);
    }

    @Test
    void keepsItsCountersWhenThePolicyInForceChanges() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        keeper.follow(present(policy("203.0.113.9")), true, false);
        assertThat(table.loaded).hasSize(2);
        assertThat(table.loaded.getLast())
                .startsWith("flush table inet portero_staged\n")
                .doesNotContain("delete table");
        assertThat(news.getLast())
                .isInstanceOfSatisfying(
                        StageNews.Renewed.class,
                        renewed -> assertThat(renewed.staged().counters())
                                .containsExactly("staged_admit_sip", "staged_drop_sip"));
    }

    @Test
    void createsTheTableAgainAfterAnotherProgramRemovedIt() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        table.there = false;
        keeper.follow(present(NOW), false, false);
        assertThat(table.loaded).hasSize(1);
        keeper.follow(present(NOW), false, true);
        assertThat(table.loaded).hasSize(2);
        assertThat(table.loaded.getLast()).startsWith("add table inet portero_staged\ndelete table");
    }

    @Test
    void leavesOutBannedSources() throws Ip.NotAnAddress {
        var keeper = keeper();
        keeper.begin(stage(NOW), present(NEXT));
        var banned = AddressSet.of(AddressRange.parse("192.0.2.66"));
        keeper.follow(present(NEXT, banned), false, false);
        assertThat(table.loaded.getLast()).contains("ip saddr @left_out_v4 accept");
    }

    @Test
    void reportsDifferencesThatAreNotCompared() {
        var next = NOW.replace("from: [itsp]", "from: [itsp], limit: { rate: 5/second }") + """
                  web: { ports: [443/tcp], from: ["url:https://lists.example/a.txt"], limit: { rate: 5/second } }
                  off: { ports: [80/tcp], from: [any], limit: { rate: 5/second }, enabled: false }
                outgoing: { default: drop }
                mode: observe
                """;
        var keeper = keeper();
        var result = keeper.begin(stage(next), present(NOW));
        var gaps = new StageGaps(
                List.of("mode", "outgoing", "services.sip.limit", "services.web.limit"),
                List.of("lists.example/a.txt"));
        assertThat(result)
                .isInstanceOfSatisfying(
                        StageResult.Done.class, done -> assertThat(done.gaps()).isEqualTo(gaps));
        assertThat(keeper.staged().orElseThrow().gaps()).isEqualTo(gaps);
        assertThat(gaps.sentences())
                .containsExactly(
                        "The two policies also differ in mode, outgoing, services.sip.limit,"
                                + " services.web.limit. This is not compared; see portero plan FILE.",
                        "These lists are empty here: lists.example/a.txt. The agent fetches only the lists of the policy in force.");
        keeper.follow(present(next), true, false);
        assertThat(news.getLast())
                .isInstanceOfSatisfying(
                        StageNews.Renewed.class,
                        renewed -> assertThat(renewed.staged().gaps().notCompared())
                                .isEmpty());
    }

    @Test
    void doesNotReportPartsThatAreTheSameInBothPolicies() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        assertThat(keeper.staged().orElseThrow().gaps().sentences()).isEmpty();
    }

    @Test
    void continuesAfterARestart() {
        keeper().begin(stage(NEXT), present(NOW));
        now = now.plusSeconds(60);
        var keeper = keeper();
        keeper.follow(present(NOW), true, false);
        assertThat(keeper.staged().orElseThrow().since()).isEqualTo(now);
        assertThat(table.loaded).hasSize(2);
        assertThat(table.loaded.getLast()).contains("delete table", "timeout 7200s");
    }

    @Test
    void endsOnTimeAndIsThenForgotten() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        now = now.plus(Duration.ofHours(2));
        keeper.follow(present(NOW), false, false);
        assertThat(table.there).isFalse();
        assertThat(keeper.staged()).isEmpty();
        assertThat(news.getLast())
                .isInstanceOfSatisfying(
                        StageNews.Ended.class, ended -> assertThat(ended.why()).isEqualTo("its time is over"));
        var next = keeper();
        next.follow(present(NOW), true, true);
        assertThat(next.staged()).isEmpty();
    }

    @Test
    void endsAfterARestartIfItsTimeIsOver() {
        keeper().begin(stage(NEXT), present(NOW));
        now = now.plus(Duration.ofHours(3));
        keeper().follow(present(NOW), true, false);
        assertThat(table.there).isFalse();
    }

    @Test
    void refusesAnInvalidPolicyAndKeepsTheStagedOne() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        var bad = new Stage(
                "bad.yaml", "services: {}", stage(NEXT).lists(), stage(NEXT).names(), now, now.plusSeconds(9));
        assertThat(keeper.begin(bad, present(NOW))).isInstanceOf(StageResult.Refused.class);
        assertThat(keeper.staged().orElseThrow().file()).isEqualTo("next.yaml");
    }

    @Test
    void reportsARefusalOfTheKernelOnceAndRetries() {
        var keeper = keeper();
        keeper.begin(stage(NEXT), present(NOW));
        table.failure = Optional.of(FakeStageTable.refusal());
        keeper.follow(present(policy("203.0.113.9")), true, false);
        keeper.follow(present(policy("203.0.113.9")), false, false);
        assertThat(news).filteredOn(StageNews.Failing.class::isInstance).hasSize(1);
        assertThat(keeper.staged().orElseThrow().problem()).contains("nft refused the transaction");
        table.failure = Optional.empty();
        keeper.follow(present(policy("203.0.113.9")), false, false);
        assertThat(news.getLast()).isInstanceOf(StageNews.Recovered.class);
        assertThat(keeper.staged().orElseThrow().problem()).isEmpty();
    }

    @Test
    void reportsWhyTheKernelRefusesAStage() {
        table.failure = Optional.of(FakeStageTable.refusal());
        var keeper = keeper();
        assertThat(keeper.begin(stage(NEXT), present(NOW)))
                .isEqualTo(new StageResult.Failed("nft refused the transaction; nothing is staged"));
        assertThat(keeper.staged()).isEmpty();
        assertThat(keeper.end()).isEqualTo(new StageResult.Failed("no policy is staged"));
    }
}
