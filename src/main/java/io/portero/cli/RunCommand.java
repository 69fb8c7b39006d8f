package io.portero.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code portero run}. */
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

    /** Quarkus paints its log on every terminal, whatever NO_COLOR says. */
    @Override
    public Integer call() {
        if (!Screen.allowsColour()) {
            System.setProperty("quarkus.console.color", "false");
        }
        return daemon.run(locations);
    }
}
