package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Outcome;
import io.portero.config.PolicyReader;
import io.portero.drift.Culprit;
import io.portero.drift.Drift;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.drift.ForeignChange.Touched;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcilerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Failure FAILURE = new Failure(Failure.Kind.REJECTED, "no");

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final List<Event> events = new ArrayList<>();
    private final FakeHost host = new FakeHost();
    private final FakeWatch watch = new FakeWatch();
    private final AtomicLong nanoTime = new AtomicLong();
    private Path file;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("portero.yaml");
        policy("192.0.2.1", "[any]");
        reconciler = reconciler();
    }

    private Reconciler reconciler() {
        var keeping = Keeping.in(directory.resolve("state"), directory.resolve("run"), CLOCK, nanoTime::get);
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(watch, nanoTime::get),
                host,
                keeping,
                CLOCK,
                List.of((e, now) -> events.add(e)));
    }

    private void policy(String member, String webFrom) throws IOException {
        Files.writeString(file, """
                groups: { a: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [a], management: true }
                  web: { ports: [443/tcp], from: %s }
                """.formatted(member, webFrom));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private static String digest(Reconciler reconciler) {
        return reconciler.status().policy().orElseThrow().digest();
    }

    private void refusedFile() throws IOException {
        Files.writeString(file, "services: {}\n");
    }

    @Test
    void appliesAtTheStartAndIsThenInSync() {
        assertThat(reconciler.pass(Trigger.STARTUP)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(reconciler.status().inSync()).isTrue();
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
        assertThat(events.getLast()).isInstanceOf(Event.FoundInSync.class);
    }

    @Test
    void adoptsExistingRulesWithoutAChange() {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        var successor = reconciler();
        assertThat(successor.pass(Trigger.STARTUP)).isEqualTo(PassResult.DONE);
        assertThat(firewall.commits()).hasSize(commits);
    }

    @Test
    void changesMembersInOneTransactionWithoutReadingTheKernel() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        int reads = firewall.reads();
        policy("192.0.2.1, 192.0.2.9", "[any]");
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.commits().getLast()).singleElement().isInstanceOf(Step.ChangeMembers.class);
        assertThat(firewall.reads()).isEqualTo(reads);
    }

    @Test
    void changesRulesInAtMostThreeTransactions() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        policy("192.0.2.1", "[192.0.2.7]");
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits().size() - commits).isBetween(1, 3);
    }

    @Test
    void sendsNothingWhenTheFileHasTheSameMeaningInAnotherSpelling() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        policy("192.0.2.1-192.0.2.1, 192.0.2.1/32", "[any]");
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        Event.ApplyEnded.class, e -> assertThat(e.outcome()).isEqualTo(new Outcome.Unchanged()));
    }

    @Test
    void keepsThePolicyInForceWhenTheFileIsRefused() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        refusedFile();
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
        assertThat(reconciler.status().file().problems()).isNotEmpty();
        assertThat(reconciler.status().inSync()).isTrue();
    }

    private Path list(String text) throws IOException {
        var list = directory.resolve("list.txt");
        Files.writeString(list, text);
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-r--r--"));
        return list;
    }

    @Test
    void keepsTheMembersOfALostListAlsoAfterARestart() throws IOException {
        var list = list("192.0.2.9\n192.0.2.33\n");
        policy("192.0.2.1, \"file:" + list + "\"", "[any]");
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        list("192.0.2.9\nnonsense\n");
        reconciler.pass(Trigger.FILE);
        Files.delete(list);
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems().toString()).contains("its last good version stays in force");
        assertThat(reconciler().pass(Trigger.STARTUP)).isEqualTo(PassResult.DONE);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(Files.readString(directory.resolve("state/last-good.nft"))).contains("192.0.2.33");
    }

    @Test
    void appliesAChangedListInOneTransaction() throws IOException {
        policy("192.0.2.1, \"file:" + list("192.0.2.9\n") + "\"", "[any]");
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        int reads = firewall.reads();
        list("192.0.2.9\n192.0.2.33\n");
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.reads()).isEqualTo(reads);
    }

    @Test
    void rollsBackAListThatNarrowedTheWayInAndRetriesItAfterAChange() throws IOException {
        policy("192.0.2.1, \"file:" + list("192.0.2.9\n192.0.2.33\n") + "\"", "[any]");
        reconciler.pass(Trigger.STARTUP);
        var confirmed = digest(reconciler);
        list("192.0.2.9\n");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
        nanoTime.addAndGet(Duration.ofMinutes(3).toNanos());
        reconciler.pass(Trigger.PROBATION);
        assertThat(digest(reconciler)).isEqualTo(confirmed);
        var successor = reconciler();
        successor.pass(Trigger.STARTUP);
        assertThat(digest(successor)).isEqualTo(confirmed);
        list("192.0.2.9\n192.0.2.33\n192.0.2.34\n");
        successor.pass(Trigger.FILE);
        assertThat(successor.status().file().lastReloadSuccessful()).isTrue();
    }

    @Test
    void repairsDeletionsOfOthers() {
        reconciler.pass(Trigger.STARTUP);
        firewall.remove();
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(reconciler.status().drifts())
                .singleElement()
                .satisfies(d -> assertThat(d.drift().drift().kind()).isEqualTo(Drift.Kind.TABLE));
        assertThat(watch.missed).isTrue();
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
    }

    @Test
    void readsTheKernelWhenASignalAsksToReadTheFile() {
        reconciler.pass(Trigger.STARTUP);
        firewall.remove();
        reconciler.pass(Trigger.SIGNAL);
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
    }

    @Test
    void readsTheKernelWhenItsKnowledgeIsWrong() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        firewall.remove();
        policy("192.0.2.9", "[any]");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().inSync()).isTrue();
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
    }

    @Test
    void keepsTheOldPolicyWhenFillingTheNewSetsFailsAndRetriesLater() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        var digest = digest(reconciler);
        policy("192.0.2.1", "[192.0.2.7]");
        var stubborn = reconciler();
        firewall.failCommit(0, FAILURE);
        assertThat(stubborn.pass(Trigger.STARTUP)).isEqualTo(PassResult.FAILED);
        assertThat(stubborn.status().inSync()).isFalse();
        assertThat(stubborn.status().lastError()).contains("no");
        assertThat(stubborn.pass(Trigger.STARTUP)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(digest(stubborn)).isNotEqualTo(digest);
    }

    @Test
    void continuesAnUnfinishedClear() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        policy("192.0.2.1", "[192.0.2.7]");
        var before = firewall.commits().size();
        firewall.failCommit(2, FAILURE);
        reconciler.pass(Trigger.FILE);
        assertThat(firewall.commits().size() - before).isGreaterThanOrEqualTo(2);
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
    }

    private void somebody(String program, boolean tableGone, Touched... touched) {
        watch.seen.add(new ForeignChange(
                nanoTime.get(), new Culprit(program, 77), List.of("delete it"), Set.of(touched), tableGone));
    }

    @Test
    void restoresADeletedTableInOneTransactionWithoutReadingAndNamesTheProgram() {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        int reads = firewall.reads();
        firewall.remove();
        somebody("flusher", true, new Touched("table", ""));
        nanoTime.addAndGet(30_000_000);
        assertThat(reconciler.pass(Trigger.DRIFT)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.reads()).isEqualTo(reads);
        assertThat(reconciler.status().drifts()).singleElement().satisfies(seen -> {
            assertThat(seen.drift()).hasToString("the table was deleted by flusher (pid 77)");
            assertThat(seen.stood()).contains(Duration.ofMillis(30));
        });
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
    }

    @Test
    void readsTheKernelWhenADeletedTableExistsAgain() {
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        somebody("flusher", true, new Touched("table", ""));
        assertThat(reconciler.pass(Trigger.DRIFT)).isEqualTo(PassResult.DONE);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(reconciler.status().inSync()).isTrue();
        assertThat(reconciler.status().drifts()).isEmpty();
    }

    @Test
    void findsRulesThatChangedWhileNoAgentRan() {
        reconciler.pass(Trigger.STARTUP);
        reconciler.pass(Trigger.PERIODIC); // it has read how nft lists its rules
        firewall.changeBodies("service_web");
        var successor = reconciler();
        successor.pass(Trigger.STARTUP);
        successor.pass(Trigger.PERIODIC);
        assertThat(firewall.commits().getLast()).contains(new Step.FlushChain("service_web"));
    }

    @Test
    void doesNotLearnFromRulesThatOthersChangedRightAfterAnApply() {
        reconciler.pass(Trigger.STARTUP);
        firewall.changeBodies("service_web");
        somebody("sneak", false, new Touched("rule", "service_web"));
        reconciler.pass(Trigger.DRIFT);
        assertThat(firewall.commits().getLast()).contains(new Step.FlushChain("service_web"));
    }

    @Test
    void keepsBansOfOtherPrograms() {
        reconciler.pass(Trigger.STARTUP);
        int reads = firewall.reads();
        somebody("fail2ban", false, new Touched("element", "banned_v4"));
        assertThat(reconciler.pass(Trigger.DRIFT)).isEqualTo(PassResult.DONE);
        assertThat(firewall.reads()).isEqualTo(reads);
    }

    @Test
    void readsTheKernelWhenSomethingMayHaveChanged() {
        reconciler.pass(Trigger.STARTUP);
        firewall.remove();
        assertThat(reconciler.pass(Trigger.DRIFT)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(reconciler.status().drifts().getFirst().drift()).hasToString("the table was deleted");
    }

    @Test
    void slowsRepairsDownDuringContentionUntilTheOtherProgramStops() {
        reconciler.pass(Trigger.STARTUP);
        for (int i = 0; i < 61; i++) {
            assertThat(reconciler.pauseBetweenRepairs()).isZero();
            firewall.remove();
            somebody("flusher", true, new Touched("table", ""));
            reconciler.pass(Trigger.DRIFT);
        }
        assertThat(reconciler.status().contention()).contains("flusher");
        assertThat(reconciler.pauseBetweenRepairs()).isPositive();
        assertThat(reconciler.status().inSync()).isTrue();
        nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
        reconciler.pass(Trigger.PERIODIC);
        assertThat(reconciler.status().contention()).isEmpty();
        assertThat(events).contains(new Event.ContentionEnded("flusher", 61));
    }
}
