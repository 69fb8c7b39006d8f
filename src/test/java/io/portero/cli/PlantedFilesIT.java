package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.files.Uid;
import io.portero.host.ProcHost;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An attacker with the agent's user plants something in the agent's directories, and waits until root runs a command.
 *
 * <p>For each name in both directories, each kind of planted file and each command: a file of root is not written, not
 * given away and not shown, and the command ends.
 */
class PlantedFilesIT {
    private static final int AGENT = 65534;
    private static final String SECRET = "root:secret";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> STATE = List.of(
            "bans",
            "bans.lock",
            ".bans.new",
            "audit.jsonl",
            "audit.1.jsonl",
            "audit.lock",
            "audit.head",
            ".audit.head.new",
            "last-good.yaml",
            ".last-good.yaml.new",
            "last-good.nft",
            ".last-good.nft.new",
            "last-good.lists",
            "known-rules.json",
            ".known-rules.json.new",
            "management-peers",
            "names.json",
            ".names.json.new",
            "unconfirmed",
            "history.json",
            ".history.json.new",
            "new.yaml");
    private static final List<String> RUN = List.of(
            "portero.lock",
            "portero.sock",
            "status.json",
            "counters.json",
            "confirm",
            ".confirm.new",
            "rollback",
            ".rollback.new");

    @TempDir(factory = InMemory.class)
    private Path directory;

    private Path base;
    private Path victim;
    private String before = "";

    /** In memory, because some thousand commands would wait for the disk some ten thousand times. */
    static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            var memory = Path.of("/dev/shm");
            return Files.isDirectory(memory)
                    ? Files.createTempDirectory(memory, "planted")
                    : Files.createTempDirectory("planted");
        }
    }

    /** The kinds of planted files. */
    enum Plant {
        LINK,
        DANGLING_LINK,
        HARD_LINK,
        PIPE,
        DIRECTORY,
        LINK_TO_DIRECTORY
    }

    @BeforeEach
    void make() throws Exception {
        assumeTrue(Uid.ofThisProcess() == Uid.ROOT, "needs root");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        base = Files.createDirectory(directory.resolve("agents"));
        give(base);
        Files.writeString(directory.resolve("policy.yaml"), """
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                safety: { lockout-guard: false }
                """);
        var vault = Files.createDirectory(directory.resolve("vault"));
        victim = Files.writeString(vault.resolve("victim"), SECRET + "\n");
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(vault, PosixFilePermissions.fromString("rwx------"));
    }

    private static void give(Path path) throws IOException {
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        view.setOwner(path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("" + AGENT));
    }

    private Path state() {
        return base.resolve("state");
    }

    private Path run() {
        return base.resolve("run");
    }

    private List<List<String>> commands() {
        var policy = directory.resolve("policy.yaml").toString();
        return List.of(
                List.of("apply", policy),
                List.of("ban", "192.0.2.1", "--config", policy),
                List.of("unban", "192.0.2.1"),
                List.of("history"),
                List.of("history", "--diff", "1"),
                List.of("restore", "1", "-o", state().resolve("new.yaml").toString()),
                List.of("audit"),
                List.of("audit", "--verify"),
                List.of("status"),
                List.of("confirm"),
                List.of("rollback"),
                List.of("plan", policy),
                List.of("init", "-o", state().resolve("new.yaml").toString()),
                List.of("init", "-o", run().resolve("status.json").toString()),
                List.of("remove"));
    }

    private void anew() throws IOException {
        for (var path : List.of(state(), run())) {
            delete(path);
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
            give(path);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (var files = Files.list(path)) {
                for (var file : files.toList()) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    private void plant(Path at, Plant plant) throws IOException {
        delete(at);
        switch (plant) {
            case LINK -> Files.createSymbolicLink(at, victim);
            case DANGLING_LINK -> Files.createSymbolicLink(at, victim.resolveSibling("fresh"));
            case HARD_LINK -> {
                Files.createLink(at, victim);
                return;
            }
            case PIPE -> run("mkfifo", at.toString());
            case DIRECTORY -> {
                Files.createDirectory(at);
                give(Files.createFile(at.resolve("in-the-way")));
            }
            case LINK_TO_DIRECTORY -> Files.createSymbolicLink(at, victim.getParent());
        }
        give(at);
    }

    private static void run(String... words) {
        assertThat(new ProcessRunner().run(Command.of(Duration.ofSeconds(10), words)))
                .isInstanceOf(CommandResult.Completed.class);
    }

    /** Everything about the victim and its directory that a command could change, without access times. */
    private String vault() throws IOException {
        var told = new TreeMap<String, Object>();
        try (var files = Files.walk(victim.getParent())) {
            for (var file : files.toList()) {
                var all = Files.readAttributes(file, "unix:uid,gid,mode,ino,size,lastModifiedTime");
                told.put(file.toString(), new TreeMap<>(all));
            }
        }
        return told + Files.readString(victim);
    }

    private record Said(int exitCode, String output, String errors) {}

    private Said execute(List<String> words) {
        var output = new StringWriter();
        var errors = new StringWriter();
        var all = new ArrayList<>(words);
        if (!words.getFirst().equals("init")) {
            all.addAll(List.of("--state-dir", state().toString(), "--run-dir", run().toString()));
        }
        var tools = new Tools(
                firewall,
                new ProcHost(c -> new CommandResult.NotStarted(c.program(), "not in this test")),
                new PolicyReader(),
                n -> {
                    throw new AssertionError(n);
                },
                l -> 1,
                c -> 1,
                a -> 1);
        int exitCode = assertTimeoutPreemptively(
                PATIENCE,
                () -> PorteroCommand.commandLine(tools)
                        .setOut(new PrintWriter(output, true))
                        .setErr(new PrintWriter(errors, true))
                        .execute(all.toArray(String[]::new)),
                () -> all + " does not end");
        return new Said(exitCode, output.toString(), errors.toString());
    }

    private final FakeFirewall firewall = new FakeFirewall();

    private void assertHarmless(List<String> command, Object planted) throws IOException {
        before = vault();
        var said = execute(command);
        var what = command + " with " + planted + ": " + said;
        assertThat(vault()).as(what).isEqualTo(before);
        // The command refuses to restore a policy into another user's directory.
        assertThat(said.exitCode()).as(what).isIn(ExitCode.DONE, ExitCode.FAILED, ExitCode.REFUSED);
        assertThat(said.errors()).as(what).doesNotContain("\tat ", "Exception");
        if (said.exitCode() == ExitCode.FAILED) {
            assertThat(said.errors()
                            .lines()
                            .filter(l -> l.startsWith("portero: "))
                            .count())
                    .as(what)
                    .isPositive();
        }
        assertNothingOfTheVictimIsHere(what);
    }

    /** Also no copy that the agent's user could read. */
    private void assertNothingOfTheVictimIsHere(String what) throws IOException {
        for (var path : List.of(state(), run())) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try (var files = Files.walk(path)) {
                for (var file : files.toList()) {
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !Files.isSameFile(file, victim)) {
                        assertThat(Files.readString(file))
                                .as(what + " in " + file)
                                .doesNotContain(SECRET);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LINK", "HARD_LINK", "PIPE"})
    void aFileIsReplaced(Plant plant) throws IOException {
        var names = Stream.concat(
                STATE.stream().map(n -> "state/" + n), RUN.stream().map(n -> "run/" + n));
        for (var name : names.toList()) {
            anew();
            firewall.remove();
            assertThat(execute(commands().getFirst()).exitCode()).isZero();
            for (var command : commands()) {
                plant(base.resolve(name), plant);
                assertHarmless(command, plant + " at " + name);
            }
        }
    }

    @Test
    void aPlantedDirectoryIsHarmless() throws IOException {
        for (var name : List.of("state", "run")) {
            for (var plant : List.of(Plant.LINK, Plant.LINK_TO_DIRECTORY, Plant.DANGLING_LINK, Plant.PIPE)) {
                for (var command : commands()) {
                    anew();
                    plant(base.resolve(name), plant);
                    assertHarmless(command, plant + " at " + name);
                }
            }
        }
    }

    @Test
    void manyPlantedFilesAtOnceAreHarmless() throws IOException {
        for (var plant : Plant.values()) {
            for (var command : commands()) {
                anew();
                for (var name : STATE) {
                    plant(state().resolve(name), plant);
                }
                for (var name : RUN) {
                    plant(run().resolve(name), plant);
                }
                assertHarmless(command, plant + " everywhere");
            }
        }
    }

    @Test
    void filesOfCommandsRunByRootBelongToTheAgent() throws IOException {
        anew();
        for (var command : commands()) {
            execute(command);
        }
        var owners = new TreeMap<String, Object>();
        for (var path : List.of(state(), run())) {
            try (var files = Files.list(path)) {
                for (var file : files.toList()) {
                    owners.put(file.getFileName().toString(), Files.getAttribute(file, "unix:uid"));
                }
            }
        }
        assertThat(owners)
                .containsKeys("bans", "bans.lock", "audit.jsonl", "audit.head", "audit.lock", "last-good.nft");
        assertThat(owners.values()).containsOnly(AGENT);
        // a command that only checks whether an agent runs creates no lock
        assertThat(Map.copyOf(owners)).doesNotContainKey("portero.lock");
    }
}
