package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exec.CommandResult;
import io.portero.host.ProcHost;
import io.portero.stage.StageTable;
import io.portero.trace.Tracer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code init --from-...} with the files of other firewalls.
 *
 * <p>The directories of {@code src/test/resources/migration} begin with the firewall's name; {@code expected.yaml} is
 * the policy ({@code -Dgolden.update=true} writes it). {@code listing.json} is the listing that nft 1.0.6 makes of
 * {@code nftables.conf}.
 */
class MigrationTest {
    private static final Path GOLDEN = Path.of("src/test/resources/migration");
    private static final String EXPECTED = "expected.yaml";

    static Stream<Path> goldens() throws IOException {
        try (var directories = Files.list(GOLDEN)) {
            return directories.sorted().toList().stream();
        }
    }

    private record Ran(int exitCode, String output, String errors) {}

    private static Ran init(String... words) {
        var output = new StringWriter();
        var errors = new StringWriter();
        int exitCode = PorteroCommand.commandLine(new Tools(
                        new FakeFirewall(),
                        new ProcHost(c -> new CommandResult.NotStarted(c.program(), "not in this test")),
                        () -> {
                            throw new AssertionError("no host is examined");
                        },
                        new PolicyReader(),
                        n -> {
                            throw new AssertionError(n);
                        },
                        l -> 1,
                        c -> 1,
                        a -> 1,
                        Tools.Terminal.NONE,
                        (wanted, listener) -> new Tracer.End.Failed("no packets are followed"),
                        MigrationTest::listing,
                        StageTable.NONE,
                        Tools.Fleet.NONE))
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(Stream.concat(Stream.of("init"), Stream.of(words)).toArray(String[]::new));
        return new Ran(exitCode, output.toString(), errors.toString());
    }

    private static String listing(Path script) throws OtherFirewall.CannotRead {
        try {
            return Files.readString(script.resolveSibling("listing.json"));
        } catch (IOException e) {
            throw new OtherFirewall.CannotRead(e.toString());
        }
    }

    static String option(Path directory) {
        var firewall = directory.getFileName().toString().replaceAll("-.*", "");
        return switch (firewall) {
            case "ufw" -> "--from-ufw=" + directory.resolve("ufw");
            case "firewalld" -> "--from-firewalld=" + directory;
            case "iptables" ->
                "--from-iptables=" + directory.resolve("rules.v4")
                        + (Files.exists(directory.resolve("rules.v6")) ? "," + directory.resolve("rules.v6") : "");
            case "nftables" -> "--from-nftables=" + directory.resolve("nftables.conf");
            default -> throw new AssertionError("which firewall is " + directory);
        };
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void proposesTheExpectedPolicy(Path directory) throws IOException {
        var ran = init(option(directory));
        assertThat(ran.errors).isEmpty();
        assertThat(ran.exitCode).isEqualTo(ExitCode.DONE);
        var expected = directory.resolve(EXPECTED);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(expected, ran.output);
        }
        assertThat(ran.output).isEqualTo(Files.readString(expected));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void proposesAPolicyThatIsAccepted(Path directory) throws IOException {
        var policy = Files.readString(directory.resolve(EXPECTED));
        assertThat(new PolicyReader().parse(EXPECTED, policy)).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void everyFirewallHasTwoGoldens() throws IOException {
        var firewalls = goldens()
                .map(d -> d.getFileName().toString().replaceAll("-.*", ""))
                .toList();
        assertThat(firewalls)
                .containsExactlyInAnyOrderElementsOf(Stream.of("ufw", "firewalld", "iptables", "nftables")
                        .flatMap(f -> Stream.of(f, f))
                        .toList());
    }

    @Test
    void reportsWhichFileIsMissing() {
        var ran = init("--from-ufw=/nowhere/ufw");
        assertThat(ran.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(ran.errors).isEqualTo("portero: there is no /nowhere/ufw/user.rules: give another one\n");
    }

    @Test
    void reportsAZoneThatIsNotXml(@TempDir Path directory) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve("zones")).resolve("public.xml"), "<zone><service");
        var ran = init("--from-firewalld=" + directory);
        assertThat(ran.exitCode).isEqualTo(ExitCode.DONE);
        assertThat(ran.output)
                .contains("# - zone public: the file: it is no XML")
                .contains("from: [admins], management: true")
                .doesNotContain("from: [any]");
    }

    @Test
    void readsOneFirewallAtATime() {
        var ran = init("--from-ufw", "--from-iptables=/nowhere");
        assertThat(ran.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(ran.errors).contains("give only one of the --from options");
    }
}
