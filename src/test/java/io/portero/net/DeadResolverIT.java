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

/**
 * A host whose own name is in no file and whose name servers do not answer, as when they are down or not yet reachable.
 *
 * <p>A look-up of the own name then takes five seconds and more for each name server, and a library that does it once delays
 * every start and every command by that. So nothing may be asked at all.
 */
class DeadResolverIT {
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

    @Test
    void isAskedForNoName() throws IOException {
        try (var agent = net.lab.start(Place.HOST, "agent", nameless("run"))) {
            await().atMost(LONG)
                    .until(() -> done("nft", "list table inet portero").succeeded());
            await().atMost(LONG)
                    .until(() -> new ObjectMapper()
                            .readTree(done(nameless("status", "--json")).output())
                            .path("in_sync")
                            .asBoolean());
            assertThat(done(nameless("ban", "192.0.2.9", "--for", "1h")).output())
                    .isEqualTo("banned: 192.0.2.9 for 1h\n");
            assertThat(done(nameless("apply")).exitCode()).isZero();
            assertThat(agent.isAlive()).isTrue();
            assertThat(done("nft", "list chain inet asked output").output()).contains("counter packets 0 ");
        }
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
