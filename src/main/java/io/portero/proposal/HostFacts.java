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
 * What a host shows of itself.
 *
 * @param sshPorts where sshd listens; 22 when that is not known
 * @param loggedIn the sessions at these ports of those who have logged in
 * @param listeners the sockets, and what is published
 * @param surroundings where it stands in the network
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

    /** The ports of a way in that may not be known. */
    public static List<PortRange> sshPorts(SortedSet<Integer> found) {
        Collection<Integer> ports = found.isEmpty() ? List.of(SSH) : found;
        return ports.stream().map(p -> new PortRange(Protocol.TCP, p, p)).toList();
    }

    /** Whether some sockets are of programs that may not be known. */
    boolean hidesPrograms() {
        return listeners.stream()
                .anyMatch(l ->
                        l instanceof Listener.Socket socket && socket.program().isEmpty());
    }
}
