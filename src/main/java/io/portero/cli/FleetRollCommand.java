package io.portero.cli;

import io.portero.fleet.Pushing;
import io.portero.fleet.Refusal;
import io.portero.fleet.RollState;
import io.portero.fleet.Roller;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet roll}, which rolls the signed version out ring by ring. */
@Command(
        name = "roll",
        mixinStandardHelpOptions = true,
        description = "Rolls out the signed version: canaries first, then ring by ring. It halts when a host refuses"
                + " the version, rolls it back or falls out of sync. It continues a roll that was"
                + " interrupted.")
final class FleetRollCommand implements Callable<Integer> {
    private final Tools.Fleet tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Option(
            names = "--rings",
            paramLabel = "PERCENT",
            split = ",",
            defaultValue = "1,10,50,100",
            description = "The rings, in percent of the hosts (default: 1,10,50,100).")
    private List<Integer> rings = new ArrayList<>();

    @Option(
            names = "--soak",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long all hosts of a ring must be well before the next ring (default: 60).")
    private int soak;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long the hosts of a ring may take to apply it (default: 300).")
    private int patience;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetRollCommand(Tools.Fleet tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        for (int i = 0; i < rings.size(); i++) {
            if (rings.get(i) < 1 || rings.get(i) > 100 || (i > 0 && rings.get(i) <= rings.get(i - 1))) {
                throw new ParameterException(spec.commandLine(), "--rings takes rising numbers from 1 to 100");
            }
        }
        if (rings.isEmpty() || rings.getLast() != 100) {
            throw new ParameterException(spec.commandLine(), "the last number of --rings must be 100 (all hosts)");
        }
        if (soak < 0 || patience < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--soak takes 0 or more seconds, and --patience 1 or more");
        }
        return FleetAnswer.of(spec.commandLine(), this::roll);
    }

    private int roll() throws Refusal, IOException, InterruptedException {
        var line = spec.commandLine();
        var clock = Clock.systemUTC();
        try (var store = argument.open(tools);
                var bar = new ProgressBar(line.getErr())) {
            var pushing = new Pushing(store, argument.signed(), clock);
            var load = pushing.load();
            pushing.lists(load, (done, all) -> bar.show(done, all, "lists"));
            var roller = new Roller(
                    store,
                    pushing,
                    argument.read(),
                    load.version(),
                    new Roller.Timing(Duration.ofSeconds(soak), Duration.ofSeconds(patience)),
                    new Shown(line.getErr(), bar),
                    clock);
            var end = roller.roll(
                    load, RollState.begun(load.version(), FleetArgument.operator(), rings, clock.instant()));
            bar.clear();
            if (end.phase() == RollState.Phase.DONE) {
                FleetAnswer.removed(line, store).sentence("the store").ifPresent(line.getErr()::println);
            }
            line.getOut().println(json ? Json.print(end.node()) : end.sentence());
            return end.phase() == RollState.Phase.DONE ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** Shows the progress: as a bar on a terminal, otherwise as a line for each ring. */
    private static final class Shown implements Roller.Progress {
        private final PrintWriter errors;
        private final ProgressBar bar;

        private Shown(PrintWriter errors, ProgressBar bar) {
            this.errors = errors;
            this.bar = bar;
        }

        @Override
        public void ring(RollState state, int hosts, int asleep) {
            bar.clear();
            errors.println("version " + state.version() + ", " + state.ring() + ": " + Plural.of(hosts, "host")
                    + (asleep == 0 ? "" : ", of which " + asleep + " not heard of"));
            errors.flush();
        }

        @Override
        public void waiting(RollState state, int well, int all, String what) {
            bar.show(well, all, "hosts well; " + what);
        }
    }
}
