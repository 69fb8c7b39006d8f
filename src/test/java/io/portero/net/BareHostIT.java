package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host without the things that Portero does not need: name servers that answer, and a place for temporary files. */
class BareHostIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    private TestLab net;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build();
        var policy = net.lab.directory().resolve("portero.yaml");
        Files.writeString(policy, """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                agent: { metrics: { host: 127.0.0.1 } }
                """);
        for (var rule : List.of(
                "add table inet asked",
                "add chain inet asked output { type filter hook output priority 0; }",
                "add rule inet asked output meta l4proto { tcp, udp } th dport 53 counter")) {
            assertThat(done("nft", rule).errors()).isEmpty();
        }
    }

    @AfterEach
    void end() {
        net.close();
    }

    /**
     * The host's own name is in no file, and its name servers are down or not yet reachable. A look-up of the own name takes
     * five seconds and more for each name server, and a library that does it once delays each start and each command.
     */
    @Test
    void asksNoNameServer() throws IOException {
        try (var agent = net.lab.start(Place.HOST, "agent", nameless("run"))) {
            awaitInSync();
            assertThat(done(nameless("ban", "192.0.2.9", "--for", "1h")).output())
                    .isEqualTo("banned: 192.0.2.9 for 1h\n");
            assertThat(done(nameless("apply")).exitCode()).isZero();
            assertThat(agent.isAlive()).isTrue();
            assertThat(done("nft", "list chain inet asked output").output()).contains("counter packets 0 ");
        }
    }

    /** As on a disk that is full, or out of inodes. */
    @Test
    void startsWhereNoTemporaryFileCanBeMade() throws IOException {
        var home = net.lab.directory().toString();
        var script = "mount --bind /tmp /tmp && mount --bind " + home + " " + home
                + " && mount -o remount,bind,ro /tmp && exec \"$@\"";
        var words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", script, "-"));
        words.addAll(PackagedAgent.words(net.lab, "run"));
        try (var agent = net.lab.start(Place.HOST, "agent", words)) {
            awaitInSync();
            assertThat(agent.isAlive()).isTrue();
        }
    }

    private void awaitInSync() {
        await().atMost(LONG)
                .until(() -> new ObjectMapper()
                        .readTree(PackagedAgent.command(net.lab, "status", "--json")
                                .output())
                        .path("in_sync")
                        .asBoolean());
    }

    /** In a namespace of its own for the name, which no file knows and no variable tells. */
    private List<String> nameless(String... command) {
        var words = new ArrayList<>(List.of(
                "env", "-u", "HOSTNAME", "unshare", "--uts", "sh", "-c", "hostname nowhere-1; exec \"$@\"", "-"));
        words.addAll(PackagedAgent.words(net.lab, command));
        return words;
    }

    private CommandResult.Completed done(List<String> words) {
        return done(words.toArray(String[]::new));
    }

    private CommandResult.Completed done(String... words) {
        if (net.lab.run(Place.HOST, words) instanceof CommandResult.Completed done) {
            return done;
        }
        throw new AssertionError(String.join(" ", words));
    }
}
