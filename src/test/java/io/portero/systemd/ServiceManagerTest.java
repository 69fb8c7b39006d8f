package io.portero.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.exec.CommandResult;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();

    private ServiceManager manager(Map<String, String> environment) {
        return new ServiceManager(
                environment,
                command -> {
                    told.add(String.join(
                            " ", command.words().subList(1, command.words().size())));
                    return new CommandResult.Completed(0, "", "", Duration.ZERO);
                },
                Runnable::run);
    }

    private Reconciler reconciler(ServiceManager manager) throws IOException {
        policy("443/tcp");
        return new Reconciler(
                directory.resolve("p.yaml"),
                new PolicyReader(),
                new FakeFirewall(),
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), Clock.systemUTC(), System::nanoTime),
                Clock.systemUTC(),
                List.of(manager));
    }

    private void policy(String port) throws IOException {
        var file = directory.resolve("p.yaml");
        Files.writeString(file, """
                services: { web: { ports: [%s], from: [any] } }
                safety: { lockout-guard: false }
                """.formatted(port));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void isReadyWhenThePolicyIsInForceAndAgainAfterAReload() throws IOException {
        var manager = manager(Map.of("NOTIFY_SOCKET", "/run/x"));
        var reconciler = reconciler(manager);
        reconciler.pass(Trigger.STARTUP);
        assertThat(told.getLast()).isEqualTo("READY=1 STATUS=the policy is in force");
        manager.reloading();
        assertThat(told.getLast()).startsWith("RELOADING=1 ");
        policy("nonsense");
        reconciler.pass(Trigger.SIGNAL);
        assertThat(told.getLast())
                .isEqualTo("READY=1 STATUS=the policy is in force; the file is refused: see portero check");
    }

    @Test
    void notifiesTheWatchdogAtAThirdOfItsTime() {
        assertThat(manager(Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", "60000000"))
                        .every())
                .contains(Duration.ofSeconds(20));
        assertThat(manager(Map.of("NOTIFY_SOCKET", "/run/x")).every()).isEmpty();
    }

    @Test
    void startsNothingWithoutSystemd() throws IOException {
        var manager = manager(Map.of("WATCHDOG_USEC", "60000000"));
        reconciler(manager).pass(Trigger.STARTUP);
        manager.beat();
        manager.stopping();
        assertThat(told).isEmpty();
        assertThat(manager.every()).isEmpty();
    }
}
