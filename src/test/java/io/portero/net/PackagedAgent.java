package io.portero.net;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.CommandHere;
import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Lab;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The packaged agent on the host of a lab. */
final class PackagedAgent implements AutoCloseable {
    /** These commands only exchange messages and files with the agent, so they work in any namespace and process. */
    private static final Set<String> ONLY_TALK =
            Set.of("status", "bans", "ban", "unban", "allow", "allowed", "disallow", "audit", "history");

    private final Lab lab;
    private final Path file;
    private final Child child;

    private PackagedAgent(Lab lab, Path file, Child child) {
        this.lab = lab;
        this.file = file;
        this.child = child;
    }

    static PackagedAgent start(Lab lab, String policy) throws IOException {
        return start(lab, policy, System.getenv("PATH"));
    }

    /** @param path the path where it finds other programs */
    static PackagedAgent start(Lab lab, String policy, String path) throws IOException {
        replace(lab.directory().resolve("portero.yaml"), policy);
        var agent = begin(lab, path);
        await().atMost(Duration.ofSeconds(90)).until(agent::isInSync);
        return agent;
    }

    /** Starts an agent whose table is sealed if nft and the kernel support it. */
    static PackagedAgent startSealed(Lab lab, String policy, String path) throws IOException {
        replace(lab.directory().resolve("portero.yaml"), policy);
        var agent = begin(lab, path, "agent", "auto");
        await().atMost(Duration.ofSeconds(30)).until(agent::isInSync);
        return agent;
    }

    /** Starts the agent with the files on disk, and does not wait. */
    static PackagedAgent begin(Lab lab, String path) throws IOException {
        return begin(lab, path, "agent");
    }

    /** @param log the name of its log */
    static PackagedAgent begin(Lab lab, String path, String log) throws IOException {
        return begin(lab, path, log, "never");
    }

    /** @param sealed {@code never} for a table that others may change, even if nft and the kernel support sealing */
    static PackagedAgent begin(Lab lab, String path, String log, String sealed) throws IOException {
        var words = new ArrayList<>(List.of("env", "PATH=" + path, "PORTERO_SEALED=" + sealed));
        words.addAll(words(lab, "run"));
        var child = lab.start(Place.HOST, log, words);
        return new PackagedAgent(lab, lab.directory().resolve("portero.yaml"), child);
    }

    /** Whether the kernel has the rules of this agent, and not only those of an earlier agent. */
    boolean isInSync() {
        try {
            var status = new ObjectMapper().readTree(statusFile());
            return status.path("in_sync").asBoolean()
                    && status.path("agent").path("pid").asLong() == child.pid();
        } catch (IOException e) {
            return false;
        }
    }

    boolean isAlive() {
        return child.isAlive();
    }

    int exitCode() throws InterruptedException {
        return child.await();
    }

    static List<String> words(Lab lab, String... command) {
        var words = new ArrayList<>(PackagedProgram.words(command));
        words.addAll(locations(lab));
        return words;
    }

    private static List<String> locations(Lab lab) {
        return List.of(
                "--config", lab.directory().resolve("portero.yaml").toString(),
                "--state-dir", lab.directory().resolve("state").toString(),
                "--run-dir", lab.directory().resolve("run").toString());
    }

    void edit(String policy) throws IOException {
        replace(file, policy);
    }

    private static void replace(Path file, String policy) throws IOException {
        var fresh = file.resolveSibling(".portero.yaml.new");
        Files.writeString(fresh, policy);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    Path file() {
        return file;
    }

    /** Runs a command, in this process if it is one of {@link #ONLY_TALK}, and returns its outputs and its exit code. */
    static CommandResult.Completed command(Lab lab, String... words) {
        if (ONLY_TALK.contains(words[0]) && !PackagedProgram.isNative()) {
            return CommandHere.run(
                    lab.at(Place.HOST),
                    Stream.concat(Stream.of(words), locations(lab).stream()).toArray(String[]::new));
        }
        return switch (lab.run(Place.HOST, words(lab, words).toArray(String[]::new))) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }

    /** Creates a file that runs commands for this agent, for programs that need a path. */
    static Path launcher(Lab lab) throws IOException {
        var file = lab.directory().resolve("portero");
        var quoted = words(lab).stream().map(w -> "'" + w + "'").toList();
        int program = PackagedProgram.words().size();
        Files.writeString(
                file,
                "#!/bin/sh\nexec " + String.join(" ", quoted.subList(0, program)) + " \"$@\" "
                        + String.join(" ", quoted.subList(program, quoted.size())) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /** The output of {@code status --json}, or its error. */
    String status() {
        var done = command(lab, "status", "--json");
        return done.output() + done.errors();
    }

    /** The last written status; starts no process. */
    String statusFile() throws IOException {
        return Files.readString(lab.directory().resolve("run/status.json"));
    }

    long pid() throws IOException {
        return new ObjectMapper()
                .readTree(statusFile())
                .path("agent")
                .path("pid")
                .asLong();
    }

    String log() throws IOException {
        return Files.readString(lab.log("agent"));
    }

    @Override
    public void close() {
        child.close();
    }
}
