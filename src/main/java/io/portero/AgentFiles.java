package io.portero;

import java.nio.file.Path;

/** Where this agent's policy, state and run-time files are. */
record AgentFiles(Path config, Path stateDirectory, Path runDirectory) {
    static AgentFiles of(String... arguments) {
        return new AgentFiles(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    }
}
