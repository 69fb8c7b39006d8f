package io.portero.cli;

import io.portero.state.InstanceLock;
import io.portero.state.StateDirectory;
import io.portero.status.StatusDocument;
import io.portero.status.StatusFile;
import io.portero.status.StatusJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The agent of a run directory, as seen from its lock and its status file.
 *
 * <p>Only the lock shows whether the agent runs: another program may have its process id by now.
 */
final class RunningAgent {
    private static final String JUST_STARTED = "the agent is starting and has written no status yet: try again";

    private final Path runDirectory;
    private final StateDirectory files;

    RunningAgent(Path runDirectory) {
        this.runDirectory = runDirectory;
        this.files = new StateDirectory(runDirectory);
    }

    /** The result of the search. */
    sealed interface Found {
        record Running(StatusDocument status) implements Found {}

        /** @param why one sentence that says what to do */
        record Not(String why) implements Found {}
    }

    Found find() {
        var file = runDirectory.resolve(StatusFile.NAME);
        return switch (InstanceLock.holder(runDirectory)) {
            case InstanceLock.Holder.Nobody nobody ->
                new Found.Not(
                        files.read(StatusFile.NAME).isPresent()
                                ? "the agent is not running; its last rules are still in force: systemctl start portero"
                                : absent(file));
            case InstanceLock.Holder.Unknown unknown -> new Found.Not(unknown.why());
            case InstanceLock.Holder.Agent agent -> running(agent, file);
        };
    }

    private String absent(Path file) {
        return Files.isReadable(runDirectory) || !Files.exists(runDirectory)
                ? "the agent is not running (there is no " + file + "): systemctl start portero"
                : file + " cannot be read; run as root";
    }

    private Found running(InstanceLock.Holder.Agent agent, Path file) {
        var text = files.read(StatusFile.NAME);
        if (text.isEmpty()) {
            return new Found.Not(JUST_STARTED);
        }
        return StatusJson.read(text.get())
                .map(status -> of(agent, status))
                .orElseGet(() -> new Found.Not(file + " cannot be read; restart the agent: systemctl restart portero"));
    }

    /** An agent that was killed also leaves a status file. */
    private static Found of(InstanceLock.Holder.Agent agent, StatusDocument status) {
        return String.valueOf(status.agent().pid()).equals(agent.pid())
                ? new Found.Running(status)
                : new Found.Not(JUST_STARTED);
    }

    /** A clause with the reason why a command may not do the agent's work, if an agent runs or may run. */
    Optional<String> inTheWay() {
        return switch (InstanceLock.holder(runDirectory)) {
            case InstanceLock.Holder.Nobody nobody -> Optional.empty();
            case InstanceLock.Holder.Unknown unknown -> Optional.of(unknown.why());
            case InstanceLock.Holder.Agent agent -> Optional.of("the agent runs with process id " + agent.pid());
        };
    }

    /** Creates a file that the agent deletes when it has seen it; returns the reason if that failed. */
    Optional<String> ask(String name) {
        return files.write(name, "").map(why -> why + "; run as root");
    }

    boolean hasTaken(String name) {
        return files.read(name).isEmpty();
    }
}
