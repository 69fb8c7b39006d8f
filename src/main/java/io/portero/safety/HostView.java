package io.portero.safety;

import io.portero.exposure.Listener;
import io.portero.exposure.Membership;
import io.portero.policy.Destination;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Outgoing;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.telephony.Installation;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * The port to the state of the host.
 *
 * <p>An unavailable answer is empty: nothing here may prevent a repair of the firewall.
 */
public interface HostView {

    /** The incoming TCP sessions at these ports, including published ones, with their logins. */
    List<Session> sessions(List<PortRange> ports);

    /** Only the live ones; cheaper if 100,000 flows are tracked and a session exists. */
    default List<Session> liveSessions(List<PortRange> ports) {
        return sessions(ports).stream().filter(Session::live).toList();
    }

    /** The flows that connection tracking knows and that are addressed to this host. */
    List<Flow> flows();

    /** The flows that this host or its containers started to such addresses; nothing if unknown. */
    default Optional<List<Outgoing>> outgoing(Predicate<Ip> towards) {
        return Optional.empty();
    }

    /** The flows that this host or its containers started, as they were dialled. */
    default List<Flow> leaving() {
        return List.of();
    }

    /**
     * A socket that is connected, or about to be, to another host.
     *
     * @param port at the other end
     */
    record Departing(Ip to, PortRange port, String program) {}

    /** The sockets whose program this process may see. */
    default List<Departing> departing() {
        return List.of();
    }

    /** The name of a user of this host; the id if it has none. */
    default String userName(long user) {
        return Long.toString(user);
    }

    /** Whether packets that come in by this interface arrived inside packets of another interface, as in a VPN. */
    default boolean isTunnel(String name) {
        return false;
    }

    /** What runs on it; nothing if unknown. */
    default Optional<Running> running() {
        return Optional.empty();
    }

    /** To be called when fresh answers are needed; otherwise answers may be a second old. */
    default void forget() {}

    /** The place of this host in the network; a repeated call is cheap while nothing has changed. */
    default Surroundings surroundings() {
        return Surroundings.UNKNOWN;
    }

    /**
     * What the kernel does with packets to this address; without the program {@code ip}, an estimate from
     * {@code /proc}.
     */
    default Destination destination(Ip to) {
        return new Destination.Here(to, Destination.Kind.OWN);
    }

    /**
     * A fingerprint that changes when addresses or routes of this host change; takes a third of a millisecond.
     *
     * <p>Valid only for comparisons within this process.
     */
    default Object networkMark() {
        return List.of();
    }

    /** The ports that sshd listens on; empty where none is found. */
    SortedSet<Integer> sshPorts();

    /**
     * What listens for TCP and UDP, and for protocols without ports by raw sockets; programs only where this process
     * may read them.
     */
    default List<Listener.Socket> listeners() {
        return List.of();
    }

    /**
     * The ports that rules of other programs forward to containers or other hosts.
     *
     * <p>It reads foreign tables, which the agent never does: for commands only.
     */
    default List<Listener.Published> published() {
        return List.of();
    }

    /** The multicast groups that programs have joined, without those that every host joins. */
    default List<Membership> memberships() {
        return List.of();
    }

    /** The telephony programs that run here or in containers, or are installed, with the ports that they are set to. */
    default List<Installation> voicePrograms() {
        return List.of();
    }
}
