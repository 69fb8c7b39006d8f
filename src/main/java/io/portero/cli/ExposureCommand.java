package io.portero.cli;

import io.portero.apply.Firewall.Reading;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.exposure.Exposure;
import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Interfaces;
import io.portero.exposure.Listener;
import io.portero.exposure.Scope;
import io.portero.plan.Snapshot;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Uplink;
import io.portero.state.LastGood;
import io.portero.status.NameRow;
import io.portero.status.StatusDocument;
import io.portero.telephony.Steering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero exposure}, which says who can reach the listening sockets and published ports. */
@Command(
        name = "exposure",
        mixinStandardHelpOptions = true,
        description = {
            "Says who can reach the listening sockets of this host and the published ports of its containers.",
            "It also lists what the policy admits although nothing listens there. It only reads."
        })
final class ExposureCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(
            names = "--fail-on-open",
            split = ",",
            paramLabel = "PORTS",
            description = "Exit with 3 when everybody can reach one of these ports, such as 5432/tcp,6379/tcp.")
    private List<String> failOnOpen = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ExposureCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var forbidden = forbidden();
        var notes = new ArrayList<String>();
        var loaded = load(notes);
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        boolean enforced = isEnforced(loaded.get(), notes);
        var trusted = trusted(loaded.get().policy(), notes);
        GuestOffice.guests(tools, policy.locations())
                .remembered()
                .all()
                .forEach(guest ->
                        notes.add(guest.clause() + ", in addition to the sources in the policy: portero allowed"));
        var interfaces = new Interfaces(tools.host().surroundings());
        var exposure = Exposure.of(
                loaded.get().policy(),
                enforced && trusted.isEmpty(),
                listeners(notes),
                Steering.of(tools.host().voicePrograms()),
                interfaces::isPublic);
        var exposed = new Exposed(
                policy.path().toString(),
                exposure,
                notes,
                enforced,
                trusted.stream().map(Uplink::name).toList(),
                names(loaded.get().policy()),
                interfaces,
                tools.host().memberships());
        var line = spec.commandLine();
        line.getOut().println(json ? Json.print(new ExposureJson(exposed).json()) : new ExposureReport(exposed).text());
        var open = open(exposure, forbidden);
        if (!open.isEmpty()) {
            line.getErr().println("portero: everybody can reach " + String.join(", ", open));
        }
        return open.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERENT;
    }

    /** If the file is refused, the last confirmed policy counts, because the kernel enforces that one. */
    private Optional<Loaded.Accepted> load(List<String> notes) {
        if (tools.reader().read(policy.path()) instanceof Loaded.Accepted accepted) {
            return Optional.of(accepted);
        }
        var kept = policy.lastGood();
        if (policy.path().equals(policy.locations().config())
                && kept.policy()
                                .map(t -> tools.reader()
                                        .parse(
                                                LastGood.POLICY,
                                                t,
                                                Outside.keeping(kept.lists(), policy.names(tools)::addresses)
                                                        .knowing(policy.urlLists())))
                                .orElse(null)
                        instanceof Loaded.Accepted lastGood) {
            notes.add(policy.path() + " is refused (see portero check); this report uses the last confirmed policy");
            return Optional.of(lastGood);
        }
        return policy.load(tools, spec.commandLine().getErr());
    }

    private boolean isEnforced(Loaded.Accepted loaded, List<String> notes) {
        if (tools.firewall().read() instanceof Reading.Of<Snapshot>(Snapshot kernel)) {
            if (!kernel.present() || kernel.dormant()) {
                notes.add(
                        "Portero's table is not in the kernel, so nothing is refused: portero apply, or start the agent");
                return false;
            }
        } else {
            notes.add("the kernel's rules cannot be read, so this report assumes that the policy is in force;"
                    + " run as root");
        }
        if (loaded.policy().mode() == Mode.OBSERVE) {
            notes.add("mode is observe, so nothing is refused");
            return false;
        }
        return true;
    }

    /** The trusted uplinks: for packets that come in there, the services of the policy do not matter. */
    private List<Uplink> trusted(Policy policy, List<String> notes) {
        var host = tools.host().surroundings();
        var uplinks = Uplink.trusted(policy, host);
        uplinks.forEach(uplink -> notes.add(uplink.consequence()));
        var names = uplinks.stream().map(Uplink::name).toList();
        var others = host.addresses().keySet().stream()
                .filter(name -> !name.equals(InterfacePattern.LOOPBACK.text()))
                .filter(name -> !names.contains(name) && policy.trust(name).isPresent())
                .toList();
        if (!others.isEmpty()) {
            notes.add("every source that comes in by " + String.join(", ", others) + " reaches all of this as"
                    + " well, because they are trusted (trusted-interfaces)");
        }
        return uplinks;
    }

    private List<AdmittedName> names(Policy of) {
        var rows = new RunningAgent(policy.locations().runDir()).find()
                        instanceof RunningAgent.Found.Running(StatusDocument status)
                ? status.names()
                : List.<NameRow>of();
        return AdmittedName.of(of, rows);
    }

    private List<Listener> listeners(List<String> notes) {
        var sockets = tools.host().listeners();
        if (sockets.stream().anyMatch(s -> s.program().isEmpty())) {
            notes.add("some programs are unknown: they belong to the kernel, or you may not read them; run as root");
        }
        var all = new ArrayList<Listener>(sockets);
        all.addAll(tools.host().published());
        return all;
    }

    private List<PortRange> forbidden() {
        var ranges = new ArrayList<PortRange>();
        for (var text : failOnOpen) {
            try {
                ranges.add(PortRange.parse(text.strip()));
            } catch (PortRange.NotAPort e) {
                throw new ParameterException(
                        spec.commandLine(), "--fail-on-open \"" + text + "\" is not a port: " + e.getMessage());
            }
        }
        return ranges;
    }

    private static List<String> open(Exposure exposure, List<PortRange> forbidden) {
        return exposure.doors().stream()
                .filter(d -> d.scope() == Scope.ANY)
                .map(Door::ports)
                .filter(p -> forbidden.stream().anyMatch(p::overlaps))
                .map(PortRange::toString)
                .toList();
    }
}
