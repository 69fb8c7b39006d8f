package io.portero.cli;

import io.portero.policy.Destination;
import io.portero.policy.Explanation;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Parses {@code explain [FILE] --outgoing --to ADDR PORT/PROTO}, and words its answer. */
record OutgoingQuestion(
        CommandSpec spec,
        PolicyArgument policy,
        @Nullable String port,
        @Nullable String from,
        @Nullable String at) {
    /** The question. */
    record Asked(PolicyArgument policy, Ip to, Target target) {}

    Asked read(String to) {
        if (from != null || at != null) {
            throw wrong("with --outgoing, only --to ADDR PORT/PROTO and --via are allowed: an outgoing packet"
                    + " comes from this host");
        }
        if (port != null) {
            return new Asked(policy, address(to), target(port));
        }
        var word = policy.word()
                .orElseThrow(() -> wrong("the port is missing: write --outgoing --to " + to + " 25/tcp, for example"));
        return new Asked(policy.withoutFile(), address(to), target(word));
    }

    private Ip address(String written) {
        try {
            return Ip.parse(written);
        } catch (Ip.NotAnAddress e) {
            throw wrong("--to \"" + written + "\" is not one address: " + e.getMessage());
        }
    }

    private Target target(String written) {
        try {
            return Target.parse(written);
        } catch (PortRange.NotAPort e) {
            throw wrong("\"" + written + "\" is not a port: " + e.getMessage());
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** The interface where packets to this destination leave. */
    static Optional<String> exit(Destination destination) {
        return switch (destination) {
            case Destination.Here here ->
                here.kind() == Destination.Kind.OWN ? Optional.of(InterfacePattern.LOOPBACK.text()) : Optional.empty();
            case Destination.Stray stray -> Optional.of(InterfacePattern.LOOPBACK.text());
            case Destination.Onward onward -> Optional.of(onward.by());
            case Destination.Nowhere nowhere -> Optional.empty();
        };
    }

    static String sentence(Asked asked, Mode mode, Explanation explanation) {
        return explanation.verdict().word() + ": from this host to " + asked.to() + " " + asked.target() + ", by "
                + explanation.key() + ": " + explanation.why()
                + (mode == Mode.OBSERVE && explanation.verdict() == Verdict.DROP
                        ? "; mode is observe, so it is counted and let through"
                        : "");
    }

    static String json(Asked asked, Optional<String> by, Mode mode, Explanation explanation) {
        return Json.print(Json.object()
                .put("outgoing", true)
                .put("to", asked.to().toString())
                .put("port", asked.target().toString())
                .put("via", by.orElse(null))
                .put("verdict", explanation.verdict().word())
                .put("key", explanation.key())
                .put("why", explanation.why())
                .put("mode", mode.word()));
    }
}
