package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.safety.Probation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sources count as the operator for guard and probation: by login, by name, over filtered interfaces. */
class OperatorTest {
    private static final String SCANNER = "192.0.2.99";
    private static final String OPERATOR = "203.0.113.9";

    @TempDir
    private Path directory;

    private InMemoryAgent agent;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        agent = new InMemoryAgent(directory);
        policy("services: { ssh: { ports: [22/tcp], from: [any], management: true } }");
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
    }

    private void policy(String text) throws IOException {
        agent.policy(text + "\nsafety: { confirm-within: 60s }\n");
    }

    private void narrowed() throws IOException {
        policy("services: { ssh: { ports: [22/tcp], from: [192.0.2.0/24, 203.0.113.0/24], management: true } }\n"
                + "deny: [198.51.100.1]");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
    }

    private void wait(int seconds) {
        agent.timePasses(Duration.ofSeconds(seconds));
        reconciler.pass(Trigger.PROBATION);
    }

    /** If everybody is admitted, no source is known by name. */
    private void openButForOne() throws IOException {
        policy("services: { ssh: { ports: [22/tcp], from: [any], management: true } }\ndeny: [198.51.100.1]");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void aHandshakeOfAStrangerConfirmsNothing() throws IOException {
        openButForOne();
        for (int port = 40_000; port < 41_000; port++) {
            agent.host.handshake(SCANNER, port, 22);
        }
        wait(1);
        assertThat(reconciler.onProbation()).isTrue();
        wait(60);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.EXPIRED));
    }

    @Test
    void aNewLoginConfirms() throws IOException {
        openButForOne();
        agent.host.session(OPERATOR, 40_000, 22);
        wait(1);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.CONFIRMED_BY_CONNECTION));
    }

    /** Of two logins of one peer that existed before, the later login may end first. */
    @Test
    void anOlderLoginThatBecomesVisibleConfirmsNothing() throws IOException {
        agent.host.add(OPERATOR, 40_000, 22, "eth0", List.of("logind session 6", "logind session 5"));
        openButForOne();
        agent.host.sessions.clear();
        agent.host.add(OPERATOR, 40_001, 22, "eth0", List.of("logind session 5"));
        wait(1);
        assertThat(reconciler.onProbation()).isTrue();
        agent.host.add(OPERATOR, 40_002, 22, "eth0", List.of("logind session 7", "logind session 5"));
        wait(1);
        assertThat(reconciler.onProbation()).isFalse();
    }

    /** A user who is already logged in can open connections without a new login: they prove only an old login. */
    @Test
    void anotherConnectionUnderAnOldLoginConfirmsNothing() throws IOException {
        agent.host.add(OPERATOR, 40_000, 22, "eth0", Optional.of("logind session 5"));
        openButForOne();
        agent.host.add(OPERATOR, 40_001, 22, "eth0", Optional.of("logind session 5"));
        wait(1);
        assertThat(reconciler.onProbation()).isTrue();
        agent.host.add(OPERATOR, 40_002, 22, "eth0", Optional.of("logind session 6"));
        wait(1);
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void aConnectionOfASourceThatAServiceNamesConfirms() throws IOException {
        narrowed();
        agent.host.handshake(OPERATOR, 40_000, 22);
        wait(1);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.CONFIRMED_BY_CONNECTION));
    }

    @Test
    void scannersDoNotPreventAnEdit() throws IOException {
        agent.host.handshake(SCANNER, 40_000, 22);
        policy("services: { ssh: { ports: [22/tcp], from: [203.0.113.9], management: true } }");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems()).isEmpty();
    }

    @Test
    void anOperatorOnAnUnfilteredInterfaceMayEdit() throws IOException {
        policy("services: { ssh: { ports: [22/tcp], from: [any], management: true } }\ntrusted-interfaces: [wg0]");
        reconciler.pass(Trigger.FILE);
        agent.host.add("10.8.0.2", 40_000, 22, "wg0", Optional.of("logind session 7"));
        policy("services: { ssh: { ports: [22/tcp], from: [198.51.100.7], management: true } }\n"
                + "trusted-interfaces: [wg0]");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems()).isEmpty();
    }

    @Test
    void theGuardJudgesAnEditThatFiltersTheOperatorsInterface() throws IOException {
        policy("services: { ssh: { ports: [22/tcp], from: [198.51.100.7], management: true } }\n"
                + "trusted-interfaces: [wg0]");
        reconciler.pass(Trigger.FILE);
        reconciler.pass(Trigger.PROBATION);
        Files.createFile(directory.resolve("run/confirm"));
        reconciler.pass(Trigger.PROBATION);
        agent.host.add("10.8.0.2", 40_000, 22, "wg0", Optional.of("logind session 7"));
        policy("services: { ssh: { ports: [22/tcp], from: [198.51.100.7], management: true } }");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems().toString()).contains("10.8.0.2");
    }

    @Test
    void aChangeFromObserveToEnforceIsOnProbation() throws IOException {
        policy("mode: observe\nservices: { ssh: { ports: [22/tcp], from: [203.0.113.0/24], management: true } }");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).as("nothing is dropped").isFalse();
        policy("services: { ssh: { ports: [22/tcp], from: [203.0.113.0/24], management: true } }");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void remembersAllRejectedPoliciesAndNotOnlyTheLast() throws IOException {
        for (var from : List.of("192.0.2.1", "192.0.2.2")) {
            policy("services: { ssh: { ports: [22/tcp], from: [" + from + "], management: true } }");
            reconciler.pass(Trigger.FILE);
            assertThat(reconciler.onProbation()).isTrue();
            wait(61);
        }
        policy("services: { ssh: { ports: [22/tcp], from: [192.0.2.1], management: true } }");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isFalse();
        assertThat(reconciler.status().file().problems().toString()).contains("not confirmed");
    }
}
