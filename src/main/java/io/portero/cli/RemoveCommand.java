package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.plan.Snapshot;
import io.portero.stage.StageTable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code portero remove}, which removes Portero's table from the kernel. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Removes Portero's table from the kernel. After that, only other firewalls protect this host.",
            "It refuses while the agent runs, because the agent would put the table back."
        })
final class RemoveCommand implements Callable<Integer> {
    private final Firewall firewall;
    private final StageTable stage;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    RemoveCommand(Firewall firewall, StageTable stage) {
        this.firewall = firewall;
        this.stage = stage;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var agent = new RunningAgent(locations.runDir()).inTheWay();
        if (agent.isPresent()) {
            line.getErr()
                    .println("portero: " + agent.get()
                            + "; it would put the table back: stop it first (systemctl stop portero)");
            return ExitCode.FAILED;
        }
        boolean there = !(firewall.read() instanceof Reading.Of<Snapshot>(var table)) || table.present();
        var failure = firewall.remove().or(stage::clear);
        if (failure.isPresent()) {
            line.getErr().println("portero: " + failure.get().sentence());
            return ExitCode.FAILED;
        }
        line.getOut()
                .println(
                        there
                                ? "removed: Portero no longer filters anything on this host"
                                : "nothing to remove: Portero's table is not in the kernel, and Portero filters nothing"
                                        + " on this host");
        return ExitCode.DONE;
    }
}
