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
 * The port to what else the host tells about itself.
 *
 * <p>An answer that cannot be had is an empty one: nothing here may keep the firewall from being put right.
 */
public interface HostView {

    /** The TCP sessions that others started with these ports, published ones included, and who of them is logged in. */
    List<Session> sessions(List<PortRange> ports);

    /** Those of them that go on; cheaper where 100,000 flows are tracked and somebody is there. */
    default List<Session> liveSessions(List<PortRange> ports) {
        return sessions(ports).stream().filter(Session::live).toList();
    }

    /** The flows that connection tracking knows and that are addressed to this host. */
    List<Flow> flows();

    /** The flows that this host or its containers started towards such addresses; nothing when that cannot be known. */
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

    /** The sockets whose program may be seen by this process. */
    default List<Departing> departing() {
        return List.of();
    }

    /** The name of a user of this host; the number where it has none. */
    default String userName(long user) {
        return Long.toString(user);
    }

    /** What runs on it; nothing when that cannot be seen. */
    default Optional<Running> running() {
        return Optional.empty();
    }

    /** To be called when what was seen a moment ago no longer will do; answers may be a second old otherwise. */
    default void forget() {}

    /** Where this host stands in the network; asking again costs little as long as nothing has changed. */
    default Surroundings surroundings() {
        return Surroundings.UNKNOWN;
    }

    /** What the kernel does with packets to this address; without a program to ask, what {@code /proc} lets guess. */
    default Destination destination(Ip to) {
        return new Destination.Here(to, Destination.Kind.OWN);
    }

    /**
     * Differs from what it was before when addresses or routes of this host have changed; a third of a millisecond.
     *
     * <p>Only good for being compared with another of this process.
     */
    default Object networkMark() {
        return List.of();
    }

    /** The ports that sshd listens on; empty where none is found. */
    SortedSet<Integer> sshPorts();

    /** What listens for TCP and UDP, and for protocols without ports by raw sockets; the programs only where they may be looked into. */
    default List<Listener.Socket> listeners() {
        return List.of();
    }

    /**
     * The ports that rules of other programs pass on to containers or other hosts.
     *
     * <p>It reads the tables of others, which the agent never does: for commands alone.
     */
    default List<Listener.Published> published() {
        return List.of();
    }

    /** The multicast groups that programs have joined; those of every host left out. */
    default List<Membership> memberships() {
        return List.of();
    }

    /** The telephony programs that run here or in containers, or are installed, with the ports that they are set to. */
    default List<Installation> voicePrograms() {
        return List.of();
    }
}
