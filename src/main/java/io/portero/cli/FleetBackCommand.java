package io.portero.cli;

import io.portero.fleet.Former;
import io.portero.fleet.Pushing;
import io.portero.fleet.Refusal;
import io.portero.fleet.Returning;
import io.portero.fleet.Signing;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet back}, which signs and pushes the previous content again. */
@Command(
        name = "back",
        mixinStandardHelpOptions = true,
        description = "Signs and pushes the previous content of the fleet as a new version, for all hosts at once;"
                + " ends a roll.")
final class FleetBackCommand implements Callable<Integer> {
    private final Tools.Fleet tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Mixin
    private FleetSignCommand.KeyOption key = new FleetSignCommand.KeyOption();

    @Option(
            names = "--no-push",
            description = "Only sign, do not push. Where several people must sign, the others run portero"
                    + " fleet sign --existing.")
    private boolean noPush;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetBackCommand(Tools.Fleet tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::back);
    }

    private int back() throws Refusal, IOException {
        var line = spec.commandLine();
        var clock = Clock.systemUTC();
        try (var former = new Former(tools.keygen(), argument.read(), key.path());
                var store = argument.open(tools)) {
            var returning = new Returning(store, former, clock);
            var manifests = returning.manifests(argument.signed().version());
            var done = new Signing(argument.signed(), tools.keygen(), clock).manifests(manifests, key.path());
            returning.endRoll(FleetArgument.operator());
            if (!noPush) {
                var pushing = new Pushing(store, argument.signed(), clock);
                var load = pushing.load();
                pushing.lists(load, (some, all) -> {});
                pushing.bundles(load);
            }
            line.getOut()
                    .println(
                            json
                                    ? Json.print(Json.object()
                                            .put("version", done.version())
                                            .put("pushed", !noPush))
                                    : "version " + done.version() + " brings back the previous content"
                                            + (noPush ? "; next: portero fleet sign --existing, then push" : ""));
            return ExitCode.DONE;
        }
    }
}
