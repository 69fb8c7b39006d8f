package io.portero.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The hidden command {@code portero demo-probe}, which the demonstration starts inside its namespaces. */
@Command(name = "demo-probe", hidden = true, description = "Answers and sends packets inside a namespace of the demo.")
final class DemoProbeCommand implements Callable<Integer> {
    private final Tools.Probe probe;

    @Parameters(arity = "0..*")
    private List<String> arguments = List.of();

    DemoProbeCommand(Tools.Probe probe) {
        this.probe = probe;
    }

    @Override
    public Integer call() {
        return probe.run(arguments);
    }
}
