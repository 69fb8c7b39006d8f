package io.portero.safety;

import io.portero.policy.Arrival;
import io.portero.policy.Ip;
import java.util.List;
import java.util.Optional;

/**
 * A TCP session that came in from {@code peer} to a port of this host, as it was dialled.
 *
 * @param live whether it still carries anything; one that is closing proves that there was a way in, no more
 * @param via the interface that the peer is behind, where the routes tell
 * @param at the address of this host that it dialled
 * @param logins the names of the logins that the host knows of this peer, the latest first; none where there are none, or
 *     nobody can see them
 */
public record Session(
        Ip peer, int peerPort, int port, boolean live, Optional<String> via, Optional<Ip> at, List<String> logins) {
    public Session {
        logins = List.copyOf(logins);
    }

    /** One of which no more is known than connection tracking or the socket tells. */
    public Session(Ip peer, int peerPort, int port, boolean live) {
        this(peer, peerPort, port, live, Optional.empty(), Optional.empty(), List.of());
    }

    /** One whose own address is not known. */
    public Session(Ip peer, int peerPort, int port, boolean live, Optional<String> via, List<String> logins) {
        this(peer, peerPort, port, live, via, Optional.empty(), logins);
    }

    /** What the policy looks at beside its peer and port. */
    Arrival arrival() {
        return Arrival.somewhere(via, at);
    }

    public Optional<String> login() {
        return logins.stream().findFirst();
    }

    /** What tells it from others, however it goes on. */
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
