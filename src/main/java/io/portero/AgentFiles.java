package io.portero;

import java.nio.file.Path;

/** The paths of the agent's policy file, state directory and run directory. */
record AgentFiles(Path config, Path stateDirectory, Path runDirectory) {
    static AgentFiles of(String... arguments) {
        return new AgentFiles(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    }
}
