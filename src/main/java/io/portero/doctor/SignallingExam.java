package io.portero.doctor;

import io.portero.exposure.Exposure;
import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Interfaces;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the ports for signalling, relays and control with the policy. */
final class SignallingExam {
    /** The delicate ports that belong to telephony programs. */
    private static final Set<String> STEERS =
            Set.of("Asterisk AMI", "Asterisk ARI", "FreeSWITCH event socket", "RTPengine control");

    private static final List<PortRange> SIP =
            List.of(new PortRange(Protocol.UDP, 5060, 5060), new PortRange(Protocol.TCP, 5060, 5060));

    private final Policy policy;
    private final List<Service> services;
    private final HostState host;
    private final List<Installation> programs;
    private final List<Finding> found = new ArrayList<>();

    SignallingExam(Policy policy, HostState host) {
        this.policy = policy;
        this.services = Ports.open(policy);
        this.host = host;
        this.programs = host.voice().stream()
                .filter(i -> i.running() && VoicePorts.isReached(i, host))
                .toList();
    }

    List<Finding> findings() {
        programs.forEach(this::signalling);
        programs.forEach(this::relays);
        programs.forEach(this::control);
        Exposure.of(policy, true, host.listeners(), Map.of(), new Interfaces(host.surroundings())::isPublic)
                .doors()
                .stream()
                .filter(Door::isDangerous)
                .forEach(this::door);
        return found;
    }

    private boolean isAdmitted(ConfiguredPorts ports) {
        return services.stream().anyMatch(s -> s.offers(ports.ports()));
    }

    private void signalling(Installation program) {
        var sip = program.open(Use.SIP);
        if (!sip.isEmpty() && sip.stream().noneMatch(this::isAdmitted)) {
            boolean others =
                    programs.stream().flatMap(p -> p.open(Use.SIP).stream()).anyMatch(this::isAdmitted);
            found.add(new CallFinding.SignallingClosed(
                    program.program(),
                    Mend.ports(
                            sip.stream().map(ConfiguredPorts::ports).distinct().toList()),
                    VoicePorts.place(program, sip.getFirst()),
                    others,
                    admit(sip.stream().map(ConfiguredPorts::ports).toList())));
        }
        sip.forEach(p -> services.stream()
                .filter(s -> s.from().any() && s.offers(p.ports()) && s.limit().isEmpty())
                .findFirst()
                .ifPresent(s -> found.add(new CallFinding.SignallingOpen(
                        program.program(), s.name(), p.ports().toString()))));
    }

    /** The policy line that adds these ports to the service for SIP. */
    private String admit(List<PortRange> ports) {
        return services.stream()
                .filter(s -> s.name().startsWith("sip") || SIP.stream().anyMatch(s::offers))
                .findFirst()
                .map(s -> "services." + s.name() + ".ports: ["
                        + Mend.ports(PortRange.canonical(Stream.concat(s.ports().stream(), ports.stream())
                                .toList()))
                        + "]")
                .orElseGet(() -> Mend.service("sip", PortRange.canonical(ports), "GROUP-OF-THE-CARRIER"));
    }

    /** The names of the services that admit every source to a port. */
    private Optional<String> anybody(PortRange port) {
        var names = services.stream()
                .filter(s -> s.from().any() && s.offers(port))
                .map(Service::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private void relays(Installation program) {
        var closed = program.open(Use.TURN).stream().filter(p -> !isAdmitted(p)).toList();
        if (!closed.isEmpty() && closed.size() == program.open(Use.TURN).size()) {
            var first = closed.getLast(); // the UDP port, which clients try first
            found.add(new MediaFinding.MediaClosed(
                    program.program(),
                    Use.TURN,
                    first.ports(),
                    List.of(first.ports()),
                    VoicePorts.place(program, first),
                    true,
                    false,
                    Mend.service("turn", List.of(first.ports()), "any")));
        }
    }

    private void control(Installation program) {
        program.open(Use.CONTROL)
                .forEach(p -> anybody(p.ports())
                        .ifPresent(services -> found.add(new CallFinding.ControlOpen(
                                p.what() + " of " + program.program().title(),
                                p.ports().toString(),
                                services,
                                "bind it to 127.0.0.1 (" + VoicePorts.place(program, p) + ")"))));
    }

    /** Does not report again what the configuration has already shown. */
    private void door(Door door) {
        var port = door.ports().toString();
        boolean told = found.stream()
                .anyMatch(f ->
                        f instanceof CallFinding.ControlOpen open && open.port().equals(port));
        var what = door.delicate().orElse("");
        var names = door.services().stream().map(Service::name).collect(Collectors.joining(", "));
        if (!told) {
            found.add(
                    STEERS.contains(what)
                            ? new CallFinding.ControlOpen("the port of " + what, port, names, "")
                            : new PolicyFinding.DelicateOpen(what, port, names));
        }
    }
}
