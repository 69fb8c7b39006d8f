package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.fleet.RingJudge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RingJudgeTest {
    private static final Instant BEGAN = Instant.parse("2026-11-28T18:00:00Z");
    private static final RingJudge JUDGE = new RingJudge(42, Duration.ofSeconds(60), Duration.ofSeconds(300));

    private static Report report(String host, long version, String outcome, boolean inSync) {
        return new Report(
                host,
                "voice",
                version,
                outcome,
                outcome.equals("applied") ? Optional.empty() : Optional.of("for a reason"),
                inSync,
                outcome.equals("probation"),
                0,
                0,
                BEGAN);
    }

    private static Verdict judge(int seconds, int wellForSeconds, Report... reports) {
        var byHost = Arrays.stream(reports).collect(Collectors.toMap(Report::host, Function.identity()));
        var now = BEGAN.plusSeconds(seconds);
        return JUDGE.judge(
                Set.of("a", "b", "sleeper"), Set.of("a", "b"), byHost, BEGAN, now.minusSeconds(wellForSeconds), now);
    }

    private static String halted(Verdict verdict) {
        return verdict instanceof Verdict.Halt(String sentence) ? sentence : "not halted: " + verdict;
    }

    @Test
    void passesWhenAllActiveHostsHaveBeenWellForLongEnough() {
        var well = new Report[] {report("a", 42, "applied", true), report("b", 42, "applied", true)};
        assertThat(judge(100, 59, well)).isInstanceOf(Verdict.Wait.class);
        assertThat(judge(100, 60, well)).isEqualTo(new Verdict.Pass(2, Set.of("sleeper")));
    }

    @Test
    void waitsForHostsWithoutTheVersionAndForAProbation() {
        assertThat(judge(10, 0, report("a", 41, "applied", true), report("b", 42, "applied", true)))
                .isEqualTo(new Verdict.Wait(1, 2, "a has not received it yet"));
        assertThat(judge(10, 0, report("a", 42, "probation", true), report("b", 42, "written", true)))
                .isEqualTo(new Verdict.Wait(0, 2, "a is on probation"));
    }

    @Test
    void haltsWhenAHostIsNotWellAndNamesIt() {
        assertThat(halted(judge(10, 0, report("a", 42, "rolled_back", true), report("b", 42, "applied", true))))
                .isEqualTo("a rolled it back: for a reason");
        assertThat(halted(judge(10, 0, report("a", 42, "refused", true), report("b", 42, "applied", true))))
                .isEqualTo("a refuses it: for a reason");
        assertThat(halted(judge(10, 0, report("a", 42, "applied", false), report("b", 42, "applied", true))))
                .isEqualTo("a is out of sync");
        assertThat(halted(judge(10, 0, report("a", 42, "agent_away", false), report("b", 42, "applied", true))))
                .isEqualTo("a has no running agent: for a reason");
        assertThat(halted(judge(10, 0, report("b", 42, "applied", true)))).isEqualTo("a does not report any more");
    }

    @Test
    void haltsWhenABundleIsRefusedEvenIfTheOldVersionWorks() {
        var refusing =
                new Report("a", "voice", 41, "applied", Optional.of("the bundle expired"), true, false, 42, 1, BEGAN);
        assertThat(halted(judge(10, 0, refusing, report("b", 42, "applied", true))))
                .isEqualTo("a refuses it: the bundle expired");
    }

    @Test
    void haltsWhenTheTimeIsOver() {
        assertThat(halted(judge(301, 0, report("a", 41, "applied", true), report("b", 42, "applied", true))))
                .isEqualTo("a has not received it yet, and the time is over (--patience)");
    }

    @Test
    void waitsForAHostThatWasOutOfSyncBeforeItGotTheVersion() {
        assertThat(judge(10, 0, report("a", 41, "applied", false), report("b", 42, "applied", true)))
                .isInstanceOf(Verdict.Wait.class);
    }
}
