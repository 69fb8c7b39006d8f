package io.portero.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code portero rollback}, which ends a probation and puts the previous policy back. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Ends a probation: puts the previous policy back.")
final class RollbackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return ProbationVerdict.ask(
                locations.runDir(),
                "rollback",
                "rolled back: the previous policy is in force again",
                line.getOut(),
                line.getErr());
    }
}
