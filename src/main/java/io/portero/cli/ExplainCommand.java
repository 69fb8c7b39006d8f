package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.guests.Guest;
import io.portero.policy.Arrival;
import io.portero.policy.Destination;
import io.portero.policy.Explainer;
import io.portero.policy.Explanation;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Uplink;
import io.portero.policy.Verdict;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero explain}, which says whether a packet is accepted and which key decides it. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Says whether a packet is accepted or dropped, and which policy key decides it. It includes"
                + " the bans and guests (portero allowed) of this host.")
final class ExplainCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PORT/PROTO",
            description = "With --outgoing: the port at the destination, such as 25/tcp; FILE may be left out.")
    private @Nullable String port;

    @Option(
            names = "--outgoing",
            description = "Ask about a packet that this host or a container sends: --outgoing --to ADDR PORT/PROTO.")
    private boolean outgoing;

    @Option(names = "--from", paramLabel = "ADDR", description = "The source address.")
    private @Nullable String from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PORT/PROTO|ADDR",
            description = "The destination port, such as 5060/udp, or esp, or ping; with --outgoing, the"
                    + " destination address.")
    private String to = "";

    @Option(
            names = "--via",
            paramLabel = "IFACE",
            description = "The interface by which it comes in (default: that of the default route of this host) or"
                    + " leaves (default: that of the route to the destination).")
    private @Nullable String via;

    @Option(
            names = "--at",
            paramLabel = "ADDR",
            description = "The destination address, of this host or not (default: an address of this host).")
    private @Nullable String at;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ExplainCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (outgoing) {
            return leaving();
        }
        if (from == null) {
            throw new ParameterException(line, "Missing required option: '--from=ADDR'");
        }
        if (port != null) {
            throw new ParameterException(line, "Unmatched argument: '" + port + "'");
        }
        var source = address("--from", from);
        var target = target(to);
        var destination = destination(source);
        var loaded = policy.load(tools, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var found = loaded.get().policy();
        var sets = new Shut(tools.firewall(), policy.locations().runDir());
        var shut = sets.find(source);
        var by = via(found);
        var arrival = new Arrival(by, Optional.of(destination.address()).filter(a -> at != null));
        var guests = GuestOffice.guests(tools, policy.locations()).remembered();
        var explanation = new Explainer(
                        found,
                        ip -> shut.ban(),
                        (service, ip) -> guests.admitting(service.name(), ip).map(Guest::clause),
                        (service, ip) -> sets.byLimit(service.name(), ip))
                .explain(source, target, arrival, destination);
        boolean byLimit =
                found.enabledServices().stream().anyMatch(s -> s.banKey().equals(explanation.key()));
        var answer = new Answer(found.mode(), target, by, destination, shut, byLimit, explanation);
        line.getOut().println(json ? toJson(answer) : sentence(answer));
        return ExitCode.DONE;
    }

    /** If the file is left out, the port is the first positional word. */
    private int leaving() {
        var line = spec.commandLine();
        var asked = new OutgoingQuestion(spec, policy, port, from, at).read(to);
        var loaded = asked.policy().load(tools, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var found = loaded.get().policy();
        var destination = tools.host().destination(asked.to());
        var by = via == null ? OutgoingQuestion.exit(destination) : Optional.of(interfaceName(via));
        var explanation = new OutgoingExplainer(found).explain(asked.to(), asked.target(), by);
        line.getOut()
                .println(
                        json
                                ? OutgoingQuestion.json(asked, by, found.mode(), explanation)
                                : OutgoingQuestion.sentence(asked, found.mode(), explanation));
        return ExitCode.DONE;
    }

    private record Answer(
            Mode mode,
            Target target,
            Optional<String> by,
            Destination destination,
            Shut.Found shut,
            boolean byLimit,
            Explanation explanation) {
        boolean isOnlyObserved() {
            return mode == Mode.OBSERVE && explanation.verdict() == Verdict.DROP;
        }

        /** Further facts about the source. */
        Optional<String> remark() {
            boolean bansMatter = explanation.verdict() == Verdict.ACCEPT
                    && !explanation.key().equals("trusted-interfaces")
                    && !explanation.key().equals("necessary");
            return shut.unknown()
                    .filter(why -> bansMatter)
                    .map(why -> "the bans were not checked: " + why)
                    .or(shut::revoked);
        }
    }

    private String sentence(Answer answer) {
        var explanation = answer.explanation();
        return explanation.verdict().word() + ": to " + answer.target() + (at == null ? "" : " at " + at) + ", by "
                + explanation.key() + ": " + explanation.why()
                + (answer.isOnlyObserved() ? "; mode is observe, so it is counted and let through" : "")
                + answer.remark().map(r -> "\nnote: " + r).orElse("");
    }

    private String toJson(Answer answer) {
        var object = Json.object()
                .put("from", from)
                .put("to", to)
                .put("via", answer.by().orElse(null))
                .put("at", at)
                .put("destination", at == null ? null : answer.destination().word())
                .put("verdict", answer.explanation().verdict().word())
                .put("key", answer.explanation().key())
                .put("why", answer.explanation().why())
                .put("mode", answer.mode().word());
        var shut = answer.shut();
        if (shut.unknown().isPresent()) {
            return Json.print(
                    object.putNull("banned").put("note", answer.remark().orElse(null)));
        }
        return Json.print(object.put("banned", answer.byLimit() || shut.ban().isPresent())
                .put("note", answer.remark().orElse(null)));
    }

    /** Prefers a trusted uplink, because packets that come in there are not filtered. */
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

    private Ip address(String option, String written) {
        try {
            return Ip.parse(written);
        } catch (Ip.NotAnAddress e) {
            throw new ParameterException(
                    spec.commandLine(), option + " \"" + written + "\" is not one address: " + e.getMessage());
        }
    }

    private Destination destination(Ip source) {
        if (at == null) {
            return new Destination.Here(source, Destination.Kind.OWN);
        }
        var address = address("--at", at);
        if (address.family() != source.family()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--at " + at + " and --from " + from
                            + " are not of one family; write both in IPv4 or both in IPv6");
        }
        return tools.host().destination(address);
    }

    private Target target(String written) {
        try {
            return Target.parse(written);
        } catch (PortRange.NotAPort e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--to \"" + written + "\" is not a port: "
                            + portsOfService(written)
                                    .map(ports -> "it is a service; write one of its ports: " + ports)
                                    .orElseGet(e::getMessage));
        }
    }

    private Optional<String> portsOfService(String name) {
        return tools.reader().read(policy.path()) instanceof Loaded.Accepted accepted
                ? Optional.ofNullable(accepted.policy().services().get(name))
                        .map(service -> service.ports().stream()
                                .map(PortRange::toString)
                                .collect(Collectors.joining(", ")))
                : Optional.empty();
    }
}
