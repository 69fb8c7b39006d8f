package io.portero.safety;

import io.portero.policy.Ip;
import java.util.Optional;

/**
 * A TCP session that came in from {@code peer} to a port of this host, as it was dialled.
 *
 * @param live whether it still carries anything; one that is closing proves that there was a way in, no more
 * @param via the interface that the peer is behind, where the routes tell
 * @param login names the login that the host knows of this peer; none where there is none, or nobody can see it
 */
public record Session(Ip peer, int peerPort, int port, boolean live, Optional<String> via, Optional<String> login) {
    /** One of which no more is known than connection tracking or the socket tells. */
    public Session(Ip peer, int peerPort, int port, boolean live) {
        this(peer, peerPort, port, live, Optional.empty(), Optional.empty());
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
