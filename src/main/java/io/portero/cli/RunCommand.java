package io.portero.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code portero run}, which runs the agent. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the agent: enforces the policy, watches its file, repairs changes by other programs.")
final class RunCommand implements Callable<Integer> {
    private final Tools.Daemon daemon;

    @Mixin
    private Locations locations = new Locations();

    RunCommand(Tools.Daemon daemon) {
        this.daemon = daemon;
    }

    /** Switches colours off itself, because Quarkus colours its log on every terminal and ignores NO_COLOR. */
    @Override
    public Integer call() {
        if (!Screen.allowsColour()) {
            System.setProperty("quarkus.console.color", "false");
        }
        return daemon.run(locations);
    }
}
