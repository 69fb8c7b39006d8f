package io.portero.cli;

import io.portero.apply.Outcome;
import io.portero.names.NamesAtOnce;
import io.portero.reconcile.SingleApply;
import io.portero.state.KeptNames;
import io.portero.state.StateDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code portero apply}. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = "Puts a policy in force once, without the agent and hence without probation.")
final class ApplyCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    ApplyCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var locations = policy.locations();
        var agent = new RunningAgent(locations.runDir()).inTheWay();
        if (agent.isPresent()) {
            return fail(
                    ExitCode.FAILED,
                    agent.get() + "; an agent applies its policy file by itself: edit that file instead");
        }
        var loaded = policy.loadForThisHost(tools, names(), spec.commandLine().getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var single = new SingleApply(tools.firewall(), tools.host(), tools.reader(), locations.stateDir());
        return switch (single.apply(loaded.get())) {
            case SingleApply.Result.Refused refused ->
                fail(ExitCode.REFUSED, policy.path() + ": safety.lockout-guard: " + refused.why());
            case SingleApply.Result.Tried tried -> {
                tried.remarks().forEach(r -> spec.commandLine().getErr().println("portero: " + r));
                yield report(tried.outcome());
            }
        };
    }

    /** Asked for anew, and kept for the agent that may come. */
    private NamesAtOnce names() {
        var state = new StateDirectory(policy.locations().stateDir());
        return new NamesAtOnce(KeptNames.in(state), tools.resolver(), true);
    }

    private int report(Outcome outcome) {
        var out = spec.commandLine().getOut();
        return switch (outcome) {
            case Outcome.Unchanged unchanged -> {
                out.println("unchanged: the kernel already holds what " + policy.path() + " says");
                yield ExitCode.DONE;
            }
            case Outcome.Applied applied -> {
                out.println("applied: " + policy.path() + " is in force, in "
                        + Plural.of(applied.transactions(), "transaction") + " and "
                        + applied.took().toMillis() + " ms");
                yield ExitCode.DONE;
            }
            case Outcome.Failed failed -> fail(ExitCode.FAILED, failed.failure().sentence());
        };
    }

    private int fail(int exitCode, String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
        return exitCode;
    }
}
