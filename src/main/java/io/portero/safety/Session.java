package io.portero.safety;

import io.portero.policy.Arrival;
import io.portero.policy.Ip;
import java.util.List;
import java.util.Optional;

/**
 * A TCP session that came in from {@code peer} to a port of this host, as it was dialled.
 *
 * @param live whether it is still open; a closing session only proves that there was a way in
 * @param via the interface towards the peer, if the routes show it
 * @param at the address of this host that it dialled
 * @param logins the names of the logins that the host knows of this peer, the latest first; none where there are none,
 * or nobody can see them
 */
public record Session(
        Ip peer, int peerPort, int port, boolean live, Optional<String> via, Optional<Ip> at, List<String> logins) {
    public Session {
        logins = List.copyOf(logins);
    }

    /** A session with only the data of connection tracking or of the socket. */
    public Session(Ip peer, int peerPort, int port, boolean live) {
        this(peer, peerPort, port, live, Optional.empty(), Optional.empty(), List.of());
    }

    /** A session whose local address is unknown. */
    public Session(Ip peer, int peerPort, int port, boolean live, Optional<String> via, List<String> logins) {
        this(peer, peerPort, port, live, via, Optional.empty(), logins);
    }

    /** The part that the policy checks in addition to peer and port. */
    Arrival arrival() {
        return Arrival.somewhere(via, at);
    }

    public Optional<String> login() {
        return logins.stream().findFirst();
    }

    /** The identity of the session, independent of its state. */
    Connection connection() {
        return new Connection(peer, peerPort, port);
    }

    /** Both ends of a session. */
    record Connection(Ip peer, int peerPort, int port) {}

    @Override
    public String toString() {
        return peer + " to " + port + "/tcp";
    }
}
