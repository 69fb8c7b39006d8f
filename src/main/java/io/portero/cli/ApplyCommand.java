package io.portero.cli;

import io.portero.apply.Applier;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.config.PolicyReader;
import io.portero.plan.KnownRules;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code portero apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Puts a policy in force once, without the agent.")
final class ApplyCommand implements Callable<Integer> {
    private final PolicyReader reader;
    private final Firewall firewall;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    ApplyCommand(PolicyReader reader, Firewall firewall) {
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
        var ruleset = PolicyCompiler.compile(loaded.get().policy());
        var outcome = switch (firewall.read()) {
            case Reading.Failed<Snapshot>(var failure) -> new Outcome.Failed(failure, false);
            case Reading.Of<Snapshot>(var snapshot) ->
                new Applier(firewall).apply(Planner.plan(ruleset, snapshot, KnownRules.NONE));
        };
        return switch (outcome) {
            case Outcome.Unchanged unchanged -> {
                line.getOut().println("unchanged: the kernel already holds what " + policy.path() + " says");
                yield ExitCode.DONE;
            }
            case Outcome.Applied applied -> {
                line.getOut()
                        .println("applied: " + policy.path() + " is in force, in "
                                + Plural.of(applied.transactions(), "transaction") + " and "
                                + applied.took().toMillis() + " ms");
                yield ExitCode.DONE;
            }
            case Outcome.Failed failed -> {
                line.getErr().println("portero: " + failed.failure().sentence());
                yield ExitCode.FAILED;
            }
        };
    }
}
