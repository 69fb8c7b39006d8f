package io.portero.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The paths of the policy, the state and the run-time files; they are the same for every command. */
public final class Locations {
    private static final String CONFIG = "/etc/portero/portero.yaml";
    private static final String STATE_DIR = "/var/lib/portero";
    private static final String RUN_DIR = "/run/portero";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The policy file (or PORTERO_CONFIG; default: " + CONFIG + ").")
    private @Nullable Path config;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "The state directory: data that survives a reboot (or PORTERO_STATE_DIR; default: "
                    + STATE_DIR + ").")
    private @Nullable Path stateDir;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "The run directory: data that is gone after a reboot (or PORTERO_RUN_DIR; default: " + RUN_DIR
                    + ").")
    private @Nullable Path runDir;

    public Path config() {
        return choose(config, "PORTERO_CONFIG", CONFIG);
    }

    /** The policy file, if the user named one. */
    Optional<Path> namedConfig() {
        return config == null && isUnset("PORTERO_CONFIG") ? Optional.empty() : Optional.of(config());
    }

    public Path stateDir() {
        return choose(stateDir, "PORTERO_STATE_DIR", STATE_DIR);
    }

    public Path runDir() {
        return choose(runDir, "PORTERO_RUN_DIR", RUN_DIR);
    }

    private static Path choose(@Nullable Path option, String variable, String otherwise) {
        if (option != null) {
            return option;
        }
        return Path.of(isUnset(variable) ? otherwise : System.getenv(variable));
    }

    private static boolean isUnset(String variable) {
        var value = System.getenv(variable);
        return value == null || value.isBlank();
    }
}
