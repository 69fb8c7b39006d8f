package io.portero.cli;

import io.portero.policy.Explainer;
import io.portero.policy.Explanation;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code portero explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Says what becomes of a packet, and which policy key decides it.")
final class ExplainCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--from", required = true, paramLabel = "ADDR", description = "The source address.")
    private String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PORT/PROTO",
            description = "The destination, such as 5060/udp, or esp, or ping.")
    private String to = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ExplainCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var source = source();
        var target = target();
        var loaded = policy.load(tools, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var found = loaded.get().policy();
        var explanation = new Explainer(found).explain(source, target);
        line.getOut().println(json ? toJson(found, explanation) : sentence(found, explanation, target));
        return ExitCode.DONE;
    }

    private static String sentence(Policy policy, Explanation explanation, Target target) {
        var observed = policy.mode() == Mode.OBSERVE && explanation.verdict() == Verdict.DROP;
        return explanation.verdict().word() + ": to " + target + ", by " + explanation.key() + ": " + explanation.why()
                + (observed ? "; mode is observe, so it is counted and let through" : "");
    }

    private String toJson(Policy policy, Explanation explanation) {
        return Json.print(Json.object()
                .put("from", from)
                .put("to", to)
                .put("verdict", explanation.verdict().word())
                .put("key", explanation.key())
                .put("why", explanation.why())
                .put("mode", policy.mode().word()));
    }

    private Ip source() {
        try {
            return Ip.parse(from);
        } catch (Ip.NotAnAddress e) {
            throw new ParameterException(
                    spec.commandLine(), "--from \"" + from + "\" is not one address: " + e.getMessage());
        }
    }

    private Target target() {
        try {
            return Target.parse(to);
        } catch (PortRange.NotAPort e) {
            throw new ParameterException(spec.commandLine(), "--to \"" + to + "\" is not a port: " + e.getMessage());
        }
    }
}
