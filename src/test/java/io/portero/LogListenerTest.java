package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogListenerTest {
    @TempDir
    private Path directory;

    private final Logger logger = Logger.getLogger("portero");
    private final Lines lines = new Lines();
    private final FakeFirewall firewall = new FakeFirewall();
    private Path policy;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        logger.addHandler(lines);
        policy = directory.resolve("portero.yaml");
        write("services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n");
        reconciler = new Reconciler(
                policy,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), Clock.systemUTC(), System::nanoTime),
                Clock.systemUTC(),
                List.of(new LogListener()));
    }

    @AfterEach
    void stop() {
        logger.removeHandler(lines);
    }

    private void write(String text) throws IOException {
        Files.writeString(policy, text);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void reportsOnceWhatIsInForce() {
        reconciler.pass(Trigger.STARTUP);
        reconciler.pass(Trigger.PERIODIC);
        reconciler.pass(Trigger.PERIODIC);
        assertThat(lines.seen)
                .singleElement()
                .asString()
                .matches("INFO the policy is in force \\(startup\\): \\d transactions?, \\d+ ms, digest [0-9a-f]{16}");
    }

    @Test
    void saysWhyAPolicyIsOnProbation() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        write("services: { ssh: { ports: [22/tcp], from: [192.0.2.0/24], management: true } }\n");
        reconciler.pass(Trigger.FILE);
        write("safety: { confirm: always }\n"
                + "services: { ssh: { ports: [22/tcp], from: [192.0.2.0/23], management: true } }\n");
        reconciler.pass(Trigger.FILE);
        assertThat(lines.seen)
                .filteredOn(line -> line.contains("on probation"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("because it takes away a way in to a management service"),
                        line -> assertThat(line).contains("because safety.confirm is always"));
    }

    @Test
    void saysEachProblemOfARefusedFileInALine() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        lines.seen.clear();
        write("services: { ssh: { ports: [0/tcp], from: [any], management: true }, b: { portz: 1 } }\n");
        reconciler.pass(Trigger.FILE);
        assertThat(lines.seen)
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(l -> !l.contains("\n"))
                .last()
                .isEqualTo("ERROR the policy file is refused; the rules in force do not change");
        assertThat(lines.seen).anyMatch(l -> l.contains("portero.yaml:1: services.ssh.ports"));
    }

    @Test
    void logsDriftAndFailures() {
        reconciler.pass(Trigger.STARTUP);
        lines.seen.clear();
        firewall.remove();
        reconciler.pass(Trigger.PERIODIC);
        firewall.remove();
        firewall.failCommit(0, new Failure(Failure.Kind.NO_PERMISSION, "nft may not; run as root"));
        reconciler.pass(Trigger.PERIODIC);
        assertThat(lines.seen.getFirst())
                .matches("WARN drift repaired in \\d+ ms, found by a periodic check: the table was deleted");
        assertThat(lines.seen.getLast())
                .isEqualTo("ERROR drift could not be repaired (the table was deleted): nft may not; run as root");
    }

    @Test
    void logsOnlyOnceThatNftCrashes() {
        reconciler.pass(Trigger.STARTUP);
        lines.seen.clear();
        for (int i = 0; i < 3; i++) {
            firewall.remove();
            firewall.failCommit(0, new Failure(Failure.Kind.CRASHED, "nft died; name another"));
            reconciler.pass(Trigger.PERIODIC);
        }
        assertThat(lines.seen)
                .filteredOn(l -> l.startsWith("ERROR"))
                .containsExactly("ERROR drift could not be repaired (the table was deleted): nft died; name another");
    }

    /** Collects the log lines. */
    private static final class Lines extends Handler {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            int level = line.getLevel().intValue();
            var word = level >= Level.SEVERE.intValue() ? "ERROR" : level >= Level.WARNING.intValue() ? "WARN" : "INFO";
            seen.add(word + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
