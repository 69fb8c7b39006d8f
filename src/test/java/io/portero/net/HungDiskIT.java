package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The file system with the state directory is frozen (fsfreeze): each write hangs until it is released. */
class HungDiskIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String POLICY = """
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              web: { ports: [443/tcp], from: [%s] }
            agent: { reconcile-interval: 1s, metrics: { host: 127.0.0.1 } }
            """;

    private TestLab net;
    private Path state;
    private PackagedAgent agent;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build();
        state = Files.createDirectories(net.lab.directory().resolve("state"));
        var image = net.lab.directory().resolve("disk");
        boolean mounted = run("truncate", "-s", "16M", image.toString())
                && run("mkfs.ext4", "-q", image.toString())
                && run("mount", "-o", "loop", image.toString(), state.toString());
        if (!mounted) {
            net.close();
            Assumptions.abort("no loop-mounted file system here");
        }
        agent = PackagedAgent.start(net.lab, POLICY.formatted("192.0.2.1"));
    }

    @AfterEach
    void end() {
        thaw();
        agent.close();
        run("umount", "-l", state.toString());
        net.close();
    }

    private static boolean run(String... words) {
        return new ProcessRunner().run(Command.of(LONG, words)) instanceof CommandResult.Completed done
                && done.succeeded();
    }

    private void freeze() {
        assertThat(run("fsfreeze", "-f", state.toString())).isTrue();
    }

    private boolean thaw() {
        return run("fsfreeze", "-u", state.toString());
    }

    private String table() {
        return net.lab.run(Place.HOST, "nft", "list", "table", "inet", "portero")
                        instanceof CommandResult.Completed done
                ? done.output()
                : "";
    }

    @Test
    void editsRepairsAndProbationsContinueWhileTheDiskHangs() throws Exception {
        freeze();
        for (int i = 2; i < 5; i++) {
            var member = "192.0.2." + i;
            agent.edit(POLICY.formatted(member));
            await().atMost(LONG).until(() -> table().contains(member));
        }
        net.lab.run(Place.HOST, "nft", "delete", "table", "inet", "portero");
        await().atMost(LONG).until(() -> table().contains("192.0.2.4"));
        agent.edit(POLICY.replace("from: [any]", "from: [192.0.2.200]").formatted("192.0.2.5"));
        await().atMost(LONG).until(() -> agent.log().contains("on probation"));
        assertThat(table()).contains("192.0.2.200");
        assertThat(agent.log()).contains("check with dmesg whether it hangs");
        Files.createFile(net.lab.directory().resolve("run/rollback"));
        await().atMost(LONG).until(() -> !table().contains("192.0.2.200"));

        assertThat(thaw()).isTrue();
        await().atMost(LONG)
                .until(() -> Files.readString(state.resolve("last-good.yaml")).contains("192.0.2.4"));
        agent.close();
        var verified = PackagedAgent.command(net.lab, "audit", "--verify");
        assertThat(verified.exitCode())
                .as(verified.output() + verified.errors())
                .isZero();
        assertThat(Files.readString(state.resolve("audit.jsonl"))).contains("rolled_back_by_command");
    }
}
