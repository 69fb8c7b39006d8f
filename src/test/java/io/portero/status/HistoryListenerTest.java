package io.portero.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.events.Trigger;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.FakeWatch;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.state.DiskWriter;
import io.portero.state.PastPolicy;
import io.portero.state.PolicyHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryListenerTest {
    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final AtomicLong nanoTime = new AtomicLong();
    private Path file;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("portero.yaml");
        write("192.0.2.0/24", "management");
        reconciler = agent();
        reconciler.pass(Trigger.STARTUP);
    }

    private Reconciler agent() {
        var keeping =
                Keeping.in(directory.resolve("state"), directory.resolve("run"), Clock.systemUTC(), nanoTime::get);
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(new FakeWatch(), nanoTime::get),
                new FakeHost(),
                keeping,
                Clock.systemUTC(),
                List.of(new HistoryListener(history(), Clock.systemUTC(), DiskWriter.atOnce())));
    }

    private PolicyHistory history() {
        return new PolicyHistory(directory.resolve("state"));
    }

    private void write(String admins, String confirm) throws IOException {
        Files.writeString(file, """
                groups: { admins: [%s] }
                services: { ssh: { ports: [22/tcp], from: [admins], management: true } }
                safety: { lockout-guard: false, confirm: %s, confirm-within: 10s }
                """.formatted(admins, confirm));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private List<String> told() {
        return history().entries().stream().map(e -> e.why() + " " + e.end()).toList();
    }

    @Test
    void recordsEachPolicyThatCameIntoForceOnce() throws IOException {
        write("192.0.2.0/23", "never");
        reconciler.pass(Trigger.FILE);
        reconciler.pass(Trigger.SIGNAL);
        reconciler.pass(Trigger.PERIODIC);
        agent().pass(Trigger.STARTUP);
        assertThat(told()).containsExactly("startup " + PastPolicy.IN_FORCE, "file " + PastPolicy.IN_FORCE);
        assertThat(history()
                        .content(history().entries().getLast())
                        .orElseThrow()
                        .policy())
                .isEqualTo(Files.readString(file));
    }

    @Test
    void recordsThatAPolicyWasRolledBackAndWhichFollowed() throws IOException {
        write("192.0.2.7", "management");
        reconciler.pass(Trigger.FILE);
        assertThat(told()).last().isEqualTo("file " + PastPolicy.ON_PROBATION);
        nanoTime.addAndGet(60_000_000_000L);
        reconciler.pass(Trigger.PROBATION);
        assertThat(told())
                .containsExactly("startup " + PastPolicy.IN_FORCE, "file expired", "rollback " + PastPolicy.IN_FORCE);
        var entries = history().entries();
        assertThat(entries.getLast().content()).isEqualTo(entries.getFirst().content());
    }

    @Test
    void doesNotRecordARefusedPolicy() throws IOException {
        Files.writeString(file, "services: 7\n");
        reconciler.pass(Trigger.FILE);
        assertThat(told()).hasSize(1);
    }
}
