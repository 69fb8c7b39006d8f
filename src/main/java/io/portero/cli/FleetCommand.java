package io.portero.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet} with its subcommands. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        description = "One signed policy for many hosts: check it, sign it, push it and roll it out; and the service"
                + " on each host.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            FleetCheckCommand.class,
            FleetPlanCommand.class,
            FleetSignCommand.class,
            FleetPushCommand.class,
            FleetRollCommand.class,
            FleetStatusCommand.class,
            FleetBackCommand.class,
            FleetRunCommand.class
        })
final class FleetCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
