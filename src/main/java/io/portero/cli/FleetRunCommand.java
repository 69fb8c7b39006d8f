package io.portero.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code portero fleet run}, the service on each host of a fleet. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "The service on each host of a fleet: takes signed policies from the store, verifies and"
                + " composes them, and writes one policy file for the agent.")
final class FleetRunCommand implements Callable<Integer> {
    private static final String CONFIG = "/etc/portero/fleet.yaml";
    private static final String DIRECTORY = "/var/lib/portero-fleet";
    private static final String RUN_DIRECTORY = "/run/portero";

    private final Tools.Fleet tools;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "${env:PORTERO_FLEET_CONFIG:-" + CONFIG + "}",
            description = "The settings of this host in its fleet (or PORTERO_FLEET_CONFIG; default: " + CONFIG + ").")
    private Path config = Path.of(CONFIG);

    @Option(
            names = "--fleet-dir",
            paramLabel = "DIR",
            defaultValue = "${env:PORTERO_FLEET_DIR:-" + DIRECTORY + "}",
            description = "The directory for the policy file (or PORTERO_FLEET_DIR; default: " + DIRECTORY + ").")
    private Path directory = Path.of(DIRECTORY);

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            defaultValue = "${env:PORTERO_RUN_DIR:-" + RUN_DIRECTORY + "}",
            description = "The run directory of the agent, with its status (or PORTERO_RUN_DIR; default: "
                    + RUN_DIRECTORY + ").")
    private Path runDirectory = Path.of(RUN_DIRECTORY);

    FleetRunCommand(Tools.Fleet tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return tools.run(config, directory, runDirectory);
    }
}
