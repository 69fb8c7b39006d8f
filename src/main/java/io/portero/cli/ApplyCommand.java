package io.portero.cli;

import io.portero.apply.Outcome;
import io.portero.control.ApplyDesk;
import io.portero.control.ControlClient;
import io.portero.control.Request;
import io.portero.control.Request.Answer;
import io.portero.enforce.SingleApply;
import io.portero.names.NamesAtOnce;
import io.portero.state.KeptNames;
import io.portero.state.StateDirectory;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code portero apply}, which puts a policy in force once. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a policy in force once.",
            "While the agent runs, the agent applies its own policy file, with probation when the change needs"
                    + " it. Without a running agent there is no probation."
        })
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
            return throughAgent(agent.get());
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

    private int throughAgent(String agent) {
        var words = new TreeMap<String, String>();
        policy.named()
                .ifPresent(named ->
                        words.put(ApplyDesk.FILE, named.toAbsolutePath().toString()));
        var answer = new ControlClient(policy.locations().runDir()).ask(new Request(ApplyDesk.VERB, words));
        return answer.map(this::report)
                .orElseGet(() -> fail(
                        ExitCode.FAILED,
                        agent + " and cannot be asked to apply it; run as root, or edit the agent's policy file, which"
                                + " it applies by itself"));
    }

    private int report(Answer answer) {
        answer.words()
                .getOrDefault(ApplyDesk.LINES, "")
                .lines()
                .forEach(spec.commandLine().getErr()::println);
        if (answer.done()) {
            spec.commandLine().getOut().println(answer.says());
            return ExitCode.DONE;
        }
        boolean refused = ApplyDesk.REFUSED.equals(answer.words().get(ApplyDesk.OUTCOME));
        return fail(refused ? ExitCode.REFUSED : ExitCode.FAILED, answer.says());
    }

    /** Resolves the names again, and stores the addresses for an agent that may start later. */
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
