package io.portero.cli;

import io.portero.policy.Explainer;
import io.portero.policy.Explanation;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Uplink;
import io.portero.policy.Verdict;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--via",
            paramLabel = "IFACE",
            description = "The interface that it comes in by (default: that of the default route of this host).")
    private @Nullable String via;

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
        var explainer = new Explainer(found);
        var by = via(found);
        var explanation =
                by.map(i -> explainer.explain(source, target, i)).orElseGet(() -> explainer.explain(source, target));
        line.getOut().println(json ? toJson(found, explanation, by) : sentence(found, explanation, target));
        return ExitCode.DONE;
    }

    private static String sentence(Policy policy, Explanation explanation, Target target) {
        var observed = policy.mode() == Mode.OBSERVE && explanation.verdict() == Verdict.DROP;
        return explanation.verdict().word() + ": to " + target + ", by " + explanation.key() + ": " + explanation.why()
                + (observed ? "; mode is observe, so it is counted and let through" : "");
    }

    private String toJson(Policy policy, Explanation explanation, Optional<String> by) {
        return Json.print(Json.object()
                .put("from", from)
                .put("to", to)
                .put("via", by.orElse(null))
                .put("verdict", explanation.verdict().word())
                .put("key", explanation.key())
                .put("why", explanation.why())
                .put("mode", policy.mode().word()));
    }

    /** Of several uplinks one that is trusted matters most: whoever comes in by it is not filtered. */
    private Optional<String> via(Policy policy) {
        if (via != null) {
            return Optional.of(interfaceName(via));
        }
        var uplinks = Uplink.of(policy, tools.host().surroundings());
        return uplinks.stream()
                .filter(Uplink::isTrusted)
                .findFirst()
                .or(() -> uplinks.stream().findFirst())
                .map(Uplink::name);
    }

    private String interfaceName(String written) {
        if (!InterfacePattern.isValid(written) || written.endsWith("*")) {
            throw new ParameterException(
                    spec.commandLine(), "--via \"" + written + "\" is not one interface; write its name, such as eth0");
        }
        return written;
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
