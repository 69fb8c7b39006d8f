package io.portero.cli;

import io.portero.status.StatusDocument;
import io.portero.status.StatusFile;
import io.portero.status.StatusJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the agent wrote down of itself in the run directory. */
final class RunningAgent {
    private final Path runDirectory;

    RunningAgent(Path runDirectory) {
        this.runDirectory = runDirectory;
    }

    /** What was found. */
    sealed interface Found {
        record Running(StatusDocument status) implements Found {}

        /** @param why one sentence that says what to do */
        record Not(String why) implements Found {}
    }

    Found find() {
        var file = runDirectory.resolve(StatusFile.NAME);
        try {
            return StatusJson.read(Files.readString(file))
                    .map(RunningAgent::ifAlive)
                    .orElseGet(() ->
                            new Found.Not(file + " cannot be read; restart the agent: systemctl restart portero"));
        } catch (IOException e) {
            return Files.isReadable(runDirectory) || !Files.exists(runDirectory)
                    ? new Found.Not("the agent is not running (there is no " + file + "): systemctl start portero")
                    : new Found.Not(file + " may not be read; run as root");
        }
    }

    private static Found ifAlive(StatusDocument status) {
        return ProcessHandle.of(status.agent().pid())
                        .filter(ProcessHandle::isAlive)
                        .isPresent()
                ? new Found.Running(status)
                : new Found.Not("the agent is not running; its last rules are still in force: systemctl start portero");
    }

    /** Leaves a file that the agent takes away when it has seen it; the reason when that failed. */
    Optional<String> ask(String name) {
        var file = runDirectory.resolve(name);
        try {
            Files.write(file, new byte[0]);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(file + " cannot be written (" + e.getMessage() + "); run as root");
        }
    }

    boolean hasTaken(String name) {
        return !Files.exists(runDirectory.resolve(name));
    }
}
