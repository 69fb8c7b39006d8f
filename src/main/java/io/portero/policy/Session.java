package io.portero.policy;

/** A TCP session that somebody at {@code peer} holds with a port of this host. */
public record Session(Ip peer, int peerPort, int port) {
    @Override
    public String toString() {
        return peer + " to " + port + "/tcp";
    }
}
