package io.portero.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code portero confirm}, which ends a probation and keeps the new policy. */
@Command(
        name = "confirm",
        mixinStandardHelpOptions = true,
        description = "Ends a probation: the new policy stays in force.")
final class ConfirmCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return ProbationVerdict.ask(
                locations.runDir(), "confirm", "confirmed: the policy stays", line.getOut(), line.getErr());
    }
}
