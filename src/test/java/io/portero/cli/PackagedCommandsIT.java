package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.exec.CommandResult;
import io.portero.host.ProcHost;
import io.portero.net.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line of the packaged program without an agent: shows what packaging has lost. */
class PackagedCommandsIT {
    @TempDir
    private Path directory;

    private CommandResult.Completed run(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state-dir", directory.resolve("state").toString()));
        all.addAll(List.of("--run-dir", directory.resolve("run").toString()));
        return PackagedProgram.run(all.toArray(String[]::new));
    }

    private String policy(String text, String permissions) throws IOException {
        var file = Files.writeString(directory.resolve("policy.yaml"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file.toString();
    }

    /** The same commands in this process. */
    private static CommandLine commands() {
        return PorteroCommand.commandLine(new Tools(
                new FakeFirewall(),
                new ProcHost(c -> new CommandResult.NotStarted(c.program(), "not in this test")),
                new PolicyReader(),
                n -> {
                    throw new AssertionError(n);
                },
                l -> 1,
                c -> 1,
                a -> 1));
    }

    private static void assertHelp(CommandLine expected, String... command) {
        var words = new ArrayList<>(List.of(command));
        words.add("--help");
        var done = PackagedProgram.run(words.toArray(String[]::new));
        assertThat(done.output()).isEqualTo(expected.getUsageMessage());
        assertThat(done.errors()).isEmpty();
        assertThat(done.exitCode()).isZero();
    }

    @Test
    void everyCommandExplainsItself() {
        var all = commands();
        assertHelp(all);
        assertThat(all.getSubcommands()).hasSizeGreaterThan(15);
        for (Map.Entry<String, CommandLine> command : all.getSubcommands().entrySet()) {
            if (!command.getValue().getCommandSpec().usageMessage().hidden()) {
                assertHelp(command.getValue(), command.getKey());
            }
        }
    }

    @Test
    void printsItsVersion() {
        var done = PackagedProgram.run("--version");
        assertThat(done.output()).isEqualTo("portero " + Version.number() + " (" + PackagedProgram.runtime() + ")\n");
        assertThat(done.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "check --nonsense", "explain", "ban", "ban 192.0.2.1 --for yesterday"})
    void misuseIsASentenceAndSixtyFour(String words) {
        var done = PackagedProgram.run(words.isEmpty() ? new String[0] : words.split(" "));
        assertThat(done.exitCode()).as(done.errors()).isEqualTo(64);
        assertThat(done.errors()).contains("portero: ").doesNotContain("Exception", "\tat ");
        assertThat(done.output()).isEmpty();
    }

    @Test
    void reportsEveryProblemOfAPolicyWithItsLine() throws Exception {
        var file = policy("""
                mode: maybe
                services:
                  ssh: { ports: [22/tpc], from: [admns], management: perhaps }
                bogus: {}
                safety:
                  confirm-within: soon
                """, "rw-r-----");
        var done = run("check", file);
        assertThat(done.exitCode()).isEqualTo(2);
        assertThat(done.output()).isEmpty();
        assertThat(done.errors().lines().map(l -> l.substring(file.length(), l.indexOf(": ", l.indexOf(": ") + 1))))
                .containsExactlyInAnyOrder(
                        ":1: mode",
                        ":3: services.ssh.ports",
                        ":3: services.ssh.from",
                        ":3: services.ssh.management",
                        ":4: bogus",
                        ":6: safety.confirm-within");
        var json = new ObjectMapper().readTree(run("check", "--json", file).output());
        assertThat(json.path("accepted").asBoolean(true)).isFalse();
        assertThat(json.path("problems").findValuesAsText("line")).contains("1", "3", "4", "6");
    }

    @Test
    void aFileThatOthersMayWriteIsRefused() throws IOException {
        var done = run("check", policy("services: {}\n", "rw-rw-rw-"));
        assertThat(done.exitCode()).isEqualTo(2);
        assertThat(done.errors()).contains("chmod");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all-in-one",
                "behind-reverse-proxy",
                "behind-sbc",
                "cluster-app",
                "cluster-data",
                "cluster-voice"
            })
    void theExamplesAreGood(String name) throws IOException {
        var example = policy(Files.readString(Path.of("packaging/examples", name + ".yaml")), "rw-r--r--");
        var done = run("check", example);
        assertThat(done.errors()).isEmpty();
        assertThat(done.output()).contains("good: ").contains("tests passed");
        assertThat(done.exitCode()).isZero();
    }

    @Test
    void explainsForPeopleAndForMachines() throws Exception {
        var example = policy(Files.readString(Path.of("packaging/examples/all-in-one.yaml")), "rw-r--r--");
        var words = List.of("explain", example, "--from", "192.0.2.99", "--to", "5060/udp");
        var text = run(words.toArray(String[]::new));
        assertThat(text.output()).startsWith("drop: to 5060/udp, by services.sip");
        var json = new ArrayList<>(words);
        json.add("--json");
        var tree = new ObjectMapper().readTree(run(json.toArray(String[]::new)).output());
        assertThat(tree.path("verdict").asText()).isEqualTo("drop");
        assertThat(tree.path("key").asText()).startsWith("services.sip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "status --json", "confirm", "rollback"})
    void withoutAnAgentItSaysSo(String words) {
        var done = run(words.split(" "));
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.errors())
                .startsWith("portero: the agent is not running")
                .hasLineCount(1);
    }
}
