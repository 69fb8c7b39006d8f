package io.portero.reconcile;

import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Outgoing;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Surroundings;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** A host whose state a test sets. */
public final class FakeHost implements HostView {
    final List<Session> sessions = new ArrayList<>();
    /** How often sessions were read. */
    public int asked;

    Surroundings surroundings = Surroundings.UNKNOWN;

    /** An action that happens while sessions are read. */
    Runnable meanwhile = () -> {};

    public final List<Outgoing> outgoing = new ArrayList<>();
    final Set<String> tunnels = new TreeSet<>();
    /** Flows that others started. */
    final List<Flow> flows = new ArrayList<>();
    /** Flows that this host started. */
    final List<Flow> leaving = new ArrayList<>();

    final SortedSet<Integer> sshPorts = new TreeSet<>();

    public void surroundings(Surroundings next) {
        surroundings = next;
    }

    /** Adds a login. */
    public void session(String peer, int peerPort, int port) {
        add(peer, peerPort, port, "eth0", Optional.of("login of " + peer + " from port " + peerPort));
    }

    /** Adds a connection without a login. */
    public void handshake(String peer, int peerPort, int port) {
        add(peer, peerPort, port, "eth0", Optional.empty());
    }

    void add(String peer, int peerPort, int port, String via, Optional<String> login) {
        add(peer, peerPort, port, via, login.stream().toList());
    }

    /** @param logins the logins of the same peer, the latest first */
    void add(String peer, int peerPort, int port, String via, List<String> logins) {
        try {
            sessions.add(new Session(Ip.parse(peer), peerPort, port, true, Optional.of(via), logins));
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Whether sessions are remembered until {@link #forget()}, as those of published ports are for a second. */
    boolean remembers;

    private Optional<List<Session>> remembered = Optional.empty();

    @Override
    public void forget() {
        remembered = Optional.empty();
    }

    @Override
    public List<Session> sessions(List<PortRange> ports) {
        asked++;
        meanwhile.run();
        var known = remembered.filter(all -> remembers).orElseGet(() -> List.copyOf(sessions));
        remembered = Optional.of(known);
        return known.stream()
                .filter(s -> ports.stream().anyMatch(p -> p.contains(new PortRange(Protocol.TCP, s.port(), s.port()))))
                .toList();
    }

    @Override
    public Object networkMark() {
        return surroundings;
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public List<Flow> flows() {
        return List.copyOf(flows);
    }

    @Override
    public List<Flow> leaving() {
        return List.copyOf(leaving);
    }

    @Override
    public boolean isTunnel(String name) {
        return tunnels.contains(name);
    }

    public void outgoing(String to, int localPort) {
        try {
            outgoing.add(new Outgoing(Ip.parse(to), new PortRange(Protocol.UDP, localPort, localPort)));
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public Optional<List<Outgoing>> outgoing(Predicate<Ip> towards) {
        return Optional.of(outgoing.stream().filter(f -> towards.test(f.to())).toList());
    }

    @Override
    public SortedSet<Integer> sshPorts() {
        return sshPorts;
    }
}
