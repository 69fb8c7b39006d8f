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

/** {@code portero remove}. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Takes Portero's table out of the kernel; the host is then as open as its other rules leave it.",
            "Refuses while the agent runs, which would put it back."
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
                            + "; an agent puts the table back: stop it first (systemctl stop portero)");
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
