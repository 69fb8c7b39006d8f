package io.portero.cli;

import io.portero.fleet.Pushing;
import io.portero.fleet.Refusal;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet push}, which puts the signed version into the store. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = "Puts the signed version into the store, for all hosts at once. To go step by step, use"
                + " portero fleet roll.")
final class FleetPushCommand implements Callable<Integer> {
    private final Tools.Fleet tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetPushCommand(Tools.Fleet tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::push);
    }

    private int push() throws Refusal, IOException {
        var line = spec.commandLine();
        try (var store = argument.open(tools);
                var bar = new ProgressBar(line.getErr())) {
            var pushing = new Pushing(store, argument.signed(), Clock.systemUTC());
            var load = pushing.load();
            pushing.requireNoRoll();
            pushing.lists(load, (done, all) -> bar.show(done, all, "lists"));
            pushing.bundles(load);
            bar.clear();
            var removed = FleetAnswer.removed(line, store);
            if (json) {
                line.getOut()
                        .println(Json.print(Json.object()
                                .put("version", load.version())
                                .put("roles", load.bundles().size())
                                .put("lists_removed", removed.objects())));
            } else {
                removed.sentence("the store").ifPresent(line.getOut()::println);
                line.getOut()
                        .println("pushed version " + load.version() + " for "
                                + Plural.of(load.bundles().size(), "role") + "; see portero fleet status");
            }
            return ExitCode.DONE;
        }
    }
}
