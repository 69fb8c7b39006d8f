package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.PolicyCompiler;
import io.portero.config.PolicyReader;
import io.portero.plan.KnownRules;
import io.portero.plan.Plan;
import io.portero.plan.PlanInWords;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code portero plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Says what applying a policy would change in the kernel; changes nothing.")
final class PlanCommand implements Callable<Integer> {
    private final PolicyReader reader;
    private final Firewall firewall;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--detailed-exitcode", description = "Exit with 3 when something would change.")
    private boolean detailed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    PlanCommand(PolicyReader reader, Firewall firewall) {
        this.reader = reader;
        this.firewall = firewall;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var loaded = policy.load(reader, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(var failure) -> {
                line.getErr().println("portero: " + failure.sentence());
                yield ExitCode.FAILED;
            }
            case Reading.Of<Snapshot>(var snapshot) ->
                show(Planner.plan(PolicyCompiler.compile(loaded.get().policy()), snapshot, KnownRules.NONE));
        };
    }

    private int show(Plan plan) {
        var out = spec.commandLine().getOut();
        var words = PlanInWords.of(plan);
        if (json) {
            var root = Json.object().put("changes", !words.isEmpty());
            words.forEach(root.putArray("steps")::add);
            out.println(Json.print(root));
        } else if (words.isEmpty()) {
            out.println("nothing to do: the kernel already holds what " + policy.path() + " says");
        } else {
            out.println("applying " + policy.path() + " would:");
            words.forEach(w -> out.println("  " + w));
        }
        return detailed && !words.isEmpty() ? ExitCode.DIFFERENT : ExitCode.DONE;
    }
}
