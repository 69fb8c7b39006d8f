package io.portero.proposal;

import io.portero.exposure.Listener;
import io.portero.exposure.Membership;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Surroundings;
import io.portero.safety.Session;
import io.portero.telephony.Installation;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;

/**
 * The state of a host for a proposal.
 *
 * @param sshPorts the ports of sshd; 22 if unknown
 * @param loggedIn the sessions with a login at these ports
 * @param listeners the sockets and published ports
 * @param surroundings its place in the network
 * @param voice its telephony programs
 * @param memberships the multicast groups that its programs have joined
 */
public record HostFacts(
        List<PortRange> sshPorts,
        List<Session> loggedIn,
        List<Listener> listeners,
        Surroundings surroundings,
        List<Installation> voice,
        List<Membership> memberships) {
    private static final int SSH = 22;

    public HostFacts {
        sshPorts = List.copyOf(sshPorts);
        loggedIn = List.copyOf(loggedIn);
        listeners = List.copyOf(listeners);
        voice = List.copyOf(voice);
        memberships = List.copyOf(memberships);
    }

    /** The default if the ports of sshd are unknown. */
    public static List<PortRange> sshPorts(SortedSet<Integer> found) {
        Collection<Integer> ports = found.isEmpty() ? List.of(SSH) : found;
        return ports.stream().map(p -> new PortRange(Protocol.TCP, p, p)).toList();
    }

    /** Whether some sockets belong to programs that this process may not see. */
    boolean hidesPrograms() {
        return listeners.stream()
                .anyMatch(l ->
                        l instanceof Listener.Socket socket && socket.program().isEmpty());
    }
}
