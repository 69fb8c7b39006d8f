package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portero.apply.Failure;
import io.portero.events.Event;
import io.portero.events.Origin;
import io.portero.events.Trigger;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.safety.Probation;
import io.portero.safety.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator is never locked out, and the host is never unreachable. */
class SafetyTest {
    private static final String ADMIN = "198.51.100.7";
    private static final Failure FAILURE = new Failure(Failure.Kind.REJECTED, "no");

    @TempDir
    private Path directory;

    private InMemoryAgent agent;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        agent = new InMemoryAgent(directory);
        wide();
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        agent.host.session(ADMIN, 40000, 22);
    }

    private void policy(String sshFrom, String more) throws IOException {
        agent.policy("""
                services:
                  ssh: { ports: [22/tcp], from: [%s], management: true }
                  web: { ports: [443/tcp], from: [any] }
                safety: { confirm-within: 60s%s }
                """.formatted(sshFrom, more));
    }

    private void wide() throws IOException {
        policy("198.51.100.0/24, 203.0.113.0/24", "");
    }

    private void narrow() throws IOException {
        policy(ADMIN, "");
    }

    private String digest() {
        return reconciler.status().policy().orElseThrow().digest();
    }

    private Origin origin() {
        return reconciler.status().policy().orElseThrow().origin();
    }

    private void pass(Duration time) {
        agent.timePasses(time);
        reconciler.pass(Trigger.PROBATION);
    }

    @Test
    void refusesAPolicyThatCutsEveryManagementSession() throws IOException {
        var before = digest();
        policy("203.0.113.9", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isEqualTo(before);
        assertThat(reconciler.status().file().problems())
                .singleElement()
                .satisfies(p -> assertThat(p.toString())
                        .contains("it would cut off every live management session (198.51.100.7 to 22/tcp)")
                        .contains("add 198.51.100.7 to services.ssh.from"));
    }

    /** The operator's session came in at eth0. */
    @Test
    void aManagementServiceAdmitsOnlySessionsAtItsOwnInterfaces() throws IOException {
        var before = digest();
        policy(ADMIN + "], on: [eth1, \"wg*\"", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isEqualTo(before);
        assertThat(reconciler.status().file().problems())
                .singleElement()
                .satisfies(p -> assertThat(p.toString()).contains("add eth0 to services.ssh.on"));
        policy("any], on: [\"eth*\"", "");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems()).isEmpty();
        assertThat(reconciler.onProbation()).as("others may come in by another").isTrue();
    }

    @Test
    void warnsAboutCutSessionsWhileAnotherSurvives() throws IOException {
        agent.host.session("203.0.113.9", 40000, 22);
        narrow();
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems()).isEmpty();
        assertThat(agent.events)
                .filteredOn(Event.CostForeseen.class::isInstance)
                .singleElement()
                .satisfies(e -> assertThat(e.toString()).contains("203.0.113.9 to 22/tcp"));
    }

    @Test
    void seesASessionThatBeganRightBeforeTheEdit() throws IOException {
        agent.host.remembers = true;
        agent.host.sessions.clear();
        reconciler.pass(Trigger.PERIODIC);
        agent.host.sessions(List.of(new PortRange(Protocol.TCP, 22, 22)));
        agent.host.session(ADMIN, 40000, 22);
        var before = digest();
        policy("203.0.113.9", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isEqualTo(before);

        narrow();
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
        pass(Duration.ofSeconds(61));
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.EXPIRED));
    }

    /** First the flag moves to another service, then ssh is closed, although the operator is logged in there. */
    @Test
    void aPortWhereSomebodyLoggedInIsAWayInWhateverServiceIsMarked() throws IOException {
        reconciler.pass(Trigger.PERIODIC);
        var unmarked = """
                services:
                  ssh: { ports: [22/tcp], from: [%s] }
                  web: { ports: [443/tcp], from: [any], management: true }
                safety: { confirm-within: 60s }
                """;
        agent.policy(unmarked.formatted("any"));
        reconciler.pass(Trigger.FILE);
        var before = digest();
        assertThat(reconciler.onProbation()).as("nobody loses anything yet").isFalse();

        agent.policy(unmarked.formatted("203.0.113.9"));
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("he is logged in").isEqualTo(before);
        agent.host.sessions.clear();
        agent.policy(unmarked.formatted("203.0.113.10"));
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("he was, lately").isEqualTo(before);

        agent.policy(unmarked.formatted(ADMIN));
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).as("he may come from elsewhere").isTrue();
        agent.host.session(ADMIN, 40001, 22);
        pass(Duration.ofSeconds(1));
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.CONFIRMED_BY_CONNECTION));
    }

    /** It is named in the policy, and opens the port every minute to see whether sshd answers. */
    @Test
    void aMonitoringSystemIsNoWayIn() throws IOException {
        agent.host.handshake("203.0.113.9", 50001, 22);
        var before = digest();
        policy("203.0.113.9", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("the operator is logged in").isEqualTo(before);

        reconciler.pass(Trigger.PERIODIC);
        agent.host.sessions.clear();
        agent.host.handshake("203.0.113.9", 50002, 22);
        policy("203.0.113.9, 192.0.2.9", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("he was, lately").isEqualTo(before);

        policy("203.0.113.9", ", lockout-guard: false");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
        agent.host.handshake("203.0.113.9", 50003, 22);
        pass(Duration.ofMinutes(2));
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.EXPIRED));
        assertThat(digest()).isEqualTo(before);
    }

    @Test
    void theGuardCanBeSwitchedOff() throws IOException {
        var before = digest();
        policy("203.0.113.9", ", lockout-guard: false, confirm: never");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
    }

    @Test
    void remembersManagementPeersWhenNobodyIsConnected() throws IOException {
        reconciler.pass(Trigger.PERIODIC);
        agent.host.sessions.clear();
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        var before = digest();
        policy("203.0.113.9", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isEqualTo(before);
        assertThat(reconciler.status().file().problems().getFirst().sentence()).contains("in the last 30 days");
        agent.now = agent.now.plus(Duration.ofDays(31));
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
    }

    @Test
    void readsSessionsLessOftenIfThatIsSlowAndOnceMoreBeforeARollback() throws IOException {
        narrow();
        reconciler.pass(Trigger.FILE);
        int asked = agent.host.asked;
        agent.host.meanwhile = () -> agent.timePasses(Duration.ofMillis(100));
        for (int i = 0; i < 40; i++) {
            pass(Duration.ofMillis(250)); // 10 seconds, of which checks may take a fifth of a second
        }
        assertThat(agent.host.asked - asked).isBetween(2, 3);
        agent.host.meanwhile = () -> agent.host.session(ADMIN, 40001, 22);
        pass(Duration.ofSeconds(60));
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.CONFIRMED_BY_CONNECTION));
    }

    @Test
    void putsANarrowerManagementOnProbationAndRollsItBack() throws IOException {
        var before = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
        assertThat(reconciler.onProbation()).isTrue();
        pass(Duration.ofSeconds(59));
        assertThat(reconciler.onProbation()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(reconciler.onProbation()).isFalse();
        assertThat(digest()).isEqualTo(before);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.EXPIRED));
    }

    @Test
    void doesNotRetryARejectedFileUntilItChanges() throws IOException {
        var before = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        pass(Duration.ofMinutes(2));
        reconciler.pass(Trigger.SIGNAL);
        assertThat(digest()).isEqualTo(before);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(digest()).isEqualTo(before);
        assertThat(origin()).isEqualTo(Origin.LAST_GOOD);
        policy(ADMIN + ", 192.0.2.1", "");
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
    }

    @Test
    void isConfirmedByANewConnection() throws IOException {
        narrow();
        reconciler.pass(Trigger.FILE);
        pass(Duration.ofSeconds(1));
        assertThat(reconciler.onProbation()).isTrue();
        agent.host.session(ADMIN, 40001, 22);
        pass(Duration.ofSeconds(1));
        assertThat(reconciler.onProbation()).isFalse();
        var narrow = digest();
        pass(Duration.ofMinutes(5));
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(digest()).isEqualTo(narrow);
    }

    @Test
    void isNotConfirmedByASessionThatEnds() throws IOException {
        narrow();
        reconciler.pass(Trigger.FILE);
        var session = agent.host.sessions.removeFirst();
        agent.host.sessions.add(new Session(session.peer(), session.peerPort(), session.port(), false));
        pass(Duration.ofSeconds(1));
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void isConfirmedOrRolledBackByCommand() throws IOException {
        var before = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        Files.createFile(directory.resolve("run/rollback"));
        pass(Duration.ofSeconds(1));
        assertThat(digest()).isEqualTo(before);
        policy(ADMIN + ", 192.0.2.1", "");
        reconciler.pass(Trigger.FILE);
        Files.createFile(directory.resolve("run/confirm"));
        pass(Duration.ofSeconds(1));
        pass(Duration.ofMinutes(5));
        assertThat(digest()).isNotEqualTo(before);
        assertThat(directory.resolve("run/confirm")).doesNotExist();
    }

    @Test
    void anEditDuringAProbationRestartsItAndARollbackReturnsToTheConfirmedPolicy() throws IOException {
        var confirmed = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        pass(Duration.ofSeconds(50));
        policy(ADMIN + ", 192.0.2.1", "");
        reconciler.pass(Trigger.FILE);
        pass(Duration.ofSeconds(50));
        assertThat(reconciler.onProbation()).isTrue();
        pass(Duration.ofSeconds(11));
        assertThat(digest()).isEqualTo(confirmed);
    }

    @Test
    void returnsToTheConfirmedPolicyAfterAKillDuringAProbation() throws IOException {
        var confirmed = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(digest()).isEqualTo(confirmed);
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void settingTheClockDoesNotAffectAProbation() throws IOException {
        narrow();
        reconciler.pass(Trigger.FILE);
        agent.now = agent.now.plus(Duration.ofDays(1));
        pass(Duration.ofSeconds(30));
        assertThat(reconciler.onProbation()).isTrue();
        agent.now = agent.now.minus(Duration.ofDays(2));
        pass(Duration.ofSeconds(29));
        assertThat(reconciler.onProbation()).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void nothingIsOnProbationIfThePolicySaysNever() throws IOException {
        policy(ADMIN, ", confirm: never");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void everythingIsOnProbationIfThePolicySaysAlways() throws IOException {
        policy("198.51.100.0/24, 203.0.113.0/24, 192.0.2.1", ", confirm: always");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
    }

    private static void fails() {
        throw new IllegalStateException("a bug, as this test wants it");
    }

    @Test
    void anExceptionAtTheBeginningOfAProbationPutsTheConfirmedPolicyBack() throws IOException {
        var before = digest();
        agent.host.meanwhile = SafetyTest::fails;
        policy("198.51.100.0/24, 203.0.113.0/24, 192.0.2.1", ", confirm: always");
        assertThatThrownBy(() -> reconciler.pass(Trigger.FILE)).hasMessageContaining("a bug");
        assertThat(digest()).isEqualTo(before);
        agent.host.meanwhile = () -> {};
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("it is not tried again").isEqualTo(before);
    }

    @Test
    void anExceptionDoesNotKeepAPolicyInForceBeyondItsProbation() throws IOException {
        var before = digest();
        narrow();
        reconciler.pass(Trigger.FILE);
        agent.host.meanwhile = SafetyTest::fails;
        pass(Duration.ofSeconds(61));
        assertThat(digest()).isEqualTo(before);
    }

    @Test
    void enforcesTheLastGoodPolicyWhenTheFileIsMissingAtStart() throws IOException {
        var before = digest();
        Files.delete(agent.file);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(digest()).isEqualTo(before);
        assertThat(origin()).isEqualTo(Origin.LAST_GOOD);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
    }

    @Test
    void closesTheHostExceptForSshWhenThereIsNoOtherPolicy() throws IOException {
        forgetEverything();
        agent.host.sshPorts.add(2222);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(origin()).isEqualTo(Origin.FALLBACK);
        assertThat(reconciler
                        .status()
                        .policy()
                        .orElseThrow()
                        .policy()
                        .services()
                        .values())
                .singleElement()
                .satisfies(s -> assertThat(s.ports()).hasToString("[2222/tcp]"));
    }

    @Test
    void closesTheHostWhenTheStateIsCorrupt() throws IOException {
        forgetEverything();
        Files.createDirectories(directory.resolve("state"));
        for (var name : List.of("last-good.yaml", "last-good.nft", "unconfirmed", "management-peers", "audit.jsonl")) {
            Files.writeString(directory.resolve("state").resolve(name), "{\u0000 rubbish\n");
        }
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(origin()).isEqualTo(Origin.FALLBACK);
    }

    @Test
    void keepsATableThatProtectsTheHostWhenThereIsNoPolicy() throws IOException {
        var kept = agent.firewall.read();
        Files.delete(agent.file);
        Files.delete(directory.resolve("state/last-good.yaml"));
        Files.delete(directory.resolve("state/last-good.nft"));
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(agent.firewall.read()).isEqualTo(kept);
        assertThat(agent.events.getLast()).isInstanceOf(Event.TableKept.class);
    }

    private void forgetEverything() throws IOException {
        agent.firewall.remove();
        Files.delete(agent.file);
        try (var kept = Files.list(directory.resolve("state"))) {
            for (var path : kept.toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void keepsTheOldPolicyWhenTheKernelRefusesTheNewOne() throws IOException {
        var before = digest();
        narrow();
        agent.firewall.failCommits(2, FAILURE);
        assertThat(reconciler.pass(Trigger.FILE)).isEqualTo(PassResult.FAILED);
        assertThat(digest()).isEqualTo(before);
        assertThat(reconciler.onProbation()).isFalse();
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void retriesARollbackThatTheKernelRefuses() throws IOException {
        narrow();
        reconciler.pass(Trigger.FILE);
        agent.firewall.failCommits(2, FAILURE);
        pass(Duration.ofMinutes(2));
        reconciler.pass(Trigger.PERIODIC);
        assertThat(reconciler.pass(Trigger.PERIODIC)).isEqualTo(PassResult.DONE);
        assertThat(reconciler.status().inSync()).isTrue();
        assertThat(reconciler
                        .status()
                        .policy()
                        .orElseThrow()
                        .policy()
                        .services()
                        .get("ssh")
                        .from()
                        .literals())
                .hasToString("198.51.100.0/24, 203.0.113.0/24");
    }

    @Test
    void enforcesWhenTheStateCannotBeWritten() throws IOException {
        Files.delete(directory.resolve("state/last-good.yaml"));
        Files.createDirectory(directory.resolve("state/last-good.yaml"));
        Files.createFile(directory.resolve("state/last-good.yaml/in-the-way"));
        policy("198.51.100.0/24, 203.0.113.0/24, 192.0.2.1", "");
        var before = digest();
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isNotEqualTo(before);
        assertThat(agent.events).anyMatch(Event.NotKept.class::isInstance);
    }
}
