package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.exec.CommandResult;
import io.portero.host.ProcHost;
import io.portero.state.PolicyHistory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCommandTest {
    private static final String FIRST = """
            groups:
              itsp: [203.0.113.0/24]
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
            """;
    private static final String SECOND = FIRST.replace("203.0.113.0/24", "203.0.113.0/24, 198.51.100.7");

    @TempDir
    private Path directory;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private Path config;

    @BeforeEach
    void twoPoliciesWereInForce() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        config = Files.writeString(directory.resolve("portero.yaml"), SECOND);
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r-----"));
        inForce("2026-01-01T00:00:00Z", FIRST, "1111111111111111");
        inForce("2026-01-02T00:00:00Z", SECOND, "2222222222222222");
    }

    private PolicyHistory history() {
        return new PolicyHistory(directory.resolve("state"));
    }

    private void inForce(String at, String text, String digest) {
        assertThat(history()
                        .cameIntoForce(Instant.parse(at), "file", digest, new PolicyHistory.Content(text, Map.of())))
                .isEmpty();
    }

    private int execute(String... words) {
        var tools = new Tools(
                new FakeFirewall(),
                new ProcHost(c -> new CommandResult.NotStarted(c.program(), "not in this test")),
                new PolicyReader(),
                n -> {
                    throw new AssertionError(n);
                },
                l -> 1,
                c -> 1,
                a -> 1);
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--config",
                config.toString(),
                "--state-dir",
                directory.resolve("state").toString()));
        return PorteroCommand.commandLine(tools)
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void listsTheNewestFirstWithTheStateOfEachPolicy() {
        history().probationBegan();
        history().probationEnded("expired");
        inForce("2026-01-03T00:00:00Z", FIRST, "1111111111111111");
        assertThat(execute("history")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString().lines().map(String::strip).toList())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("no in force since"),
                        third -> assertThat(third).startsWith("3 ").endsWith("file     1111111111111111 in force"),
                        second -> assertThat(second).startsWith("2 ").endsWith("rolled back: not confirmed in time"),
                        first -> assertThat(first).startsWith("1 ").endsWith("1111111111111111"));
    }

    @Test
    void showsTheDifferencesInWordsAndLines() {
        assertThat(execute("history", "--diff", "1", "2222")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .contains("+ 5060/udp (sip): 198.51.100.7 gain access")
                .contains("+ group itsp: 198.51.100.7 added")
                .contains("-   itsp: [203.0.113.0/24]\n")
                .contains("+   itsp: [203.0.113.0/24, 198.51.100.7]\n");
    }

    @Test
    void showsWhenMembersOfAGroupWereAdded() {
        assertThat(execute("history", "itsp")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .containsSubsequence(
                        "policy 2, file\n", "+ 198.51.100.7 added\n", "policy 1, file\n", "= 203.0.113.0/24\n");
    }

    @Test
    void showsWhenATemporaryMemberWasAddedAndWhenItsTimeWasOver() {
        var guest = FIRST.replace(
                "203.0.113.0/24]", "203.0.113.0/24, { address: 192.0.2.99, until: 2026-01-03T12:00Z, note: fitter }]");
        inForce("2026-01-03T00:00:00Z", guest, "3333333333333333");
        assertThat(execute("history", "itsp")).as(errors.toString()).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .containsSubsequence(
                        "policy 3, the time of a member was over\n",
                        "- 192.0.2.99 removed\n",
                        "policy 3, file\n",
                        "+ 192.0.2.99 added\n",
                        "- 198.51.100.7 removed\n");
    }

    @Test
    void restoresAPolicyToAFileAndChangesNothingElse() throws IOException {
        assertThat(execute("restore", "1")).as(errors.toString()).isEqualTo(ExitCode.DONE);
        var candidate = directory.resolve("portero.yaml.restored-1");
        assertThat(Files.readString(candidate)).isEqualTo(FIRST);
        assertThat(Files.readString(config)).isEqualTo(SECOND);
        assertThat(Files.getPosixFilePermissions(candidate)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(output.toString())
                .contains("- 5060/udp (sip): 198.51.100.7 lose access")
                .contains("to put it in place: cp " + candidate + " " + config);
        assertThat(execute("restore", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(errors.toString()).contains("exists, and portero restore does not overwrite it");
    }

    @Test
    void reportsAPolicyThatIsNotStored() {
        assertThat(execute("history", "--diff", "7")).isEqualTo(ExitCode.FAILED);
        assertThat(execute("history", "itps")).isEqualTo(ExitCode.FAILED);
        assertThat(errors.toString())
                .contains("\"7\" is not a stored policy")
                .contains("no stored policy has a group \"itps\"; they have itsp");
    }
}
