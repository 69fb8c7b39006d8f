package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Examines the services, settings and ports of the host around the firewall. */
final class HostExam {
    /** On the JVM the agent is called java. A program whose name this process may not see can be the agent. */
    private static final Set<String> AGENT = Set.of("portero", "java", "");

    private HostExam() {}

    static List<Finding> of(Subject subject, HostState host) {
        var found = new ArrayList<Finding>();
        subject.policy().ifPresent(policy -> {
            metricsPort(subject.metricsPort(), host, found);
            names(policy, found);
            ssh(policy, host, found);
        });
        switch (host.services().clock()) {
            case NOBODY -> found.add(new HostFinding.ClockNotKept());
            case NOT_YET_SET ->
                found.add(new HostFinding.ClockNotSynchronised(host.services().clockProgram()));
            case KEPT, UNKNOWN -> {}
        }
        host.services()
                .enforcedAtBoot()
                .filter(enabled -> !enabled)
                .ifPresent(no -> found.add(new HostFinding.NotEnforcedAtBoot()));
        return found;
    }

    private static void metricsPort(int port, HostState host, List<Finding> found) {
        var wanted = new PortRange(Protocol.TCP, port, port);
        host.listeners().stream()
                .filter(l -> l.ports().contains(wanted))
                .flatMap(l -> l instanceof Listener.Socket socket
                        ? List.of(socket.program()).stream()
                        : List.<String>of().stream())
                .filter(program -> !AGENT.contains(program))
                .findFirst()
                .ifPresent(program -> found.add(new HostFinding.MetricsPortTaken(port, program)));
    }

    private static void names(Policy policy, List<Finding> found) {
        policy.names().forEach((name, addresses) -> {
            if (addresses.isEmpty()) {
                found.add(new HostFinding.NameUnresolved(name.name(), policy.places(name)));
            }
        });
    }

    private static void ssh(Policy policy, HostState host, List<Finding> found) {
        var management = Ports.open(policy).stream().filter(Service::management).toList();
        for (int port : host.sshPorts()) {
            var wanted = new PortRange(Protocol.TCP, port, port);
            if (management.stream().noneMatch(s -> s.offers(wanted))) {
                found.add(new HostFinding.SshClosed(port));
            }
        }
    }
}
