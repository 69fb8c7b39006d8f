package io.portero.stage;

import io.portero.state.StateDirectory;
import java.util.Optional;

/** Remembers the staged policy in the file {@code staged} of the state directory, so that it survives a restart. */
public final class StageMemory {
    private static final String FILE = "staged";

    private final StateDirectory directory;

    public StageMemory(StateDirectory directory) {
        this.directory = directory;
    }

    Optional<Stage> recall() {
        return directory.read(FILE).flatMap(StageText::parse);
    }

    /** The reason if it could not be written; the stage then ends with the agent. */
    Optional<String> keep(Stage stage) {
        return directory.write(FILE, StageText.of(stage) + "\n");
    }

    void forget() {
        directory.delete(FILE);
    }
}
