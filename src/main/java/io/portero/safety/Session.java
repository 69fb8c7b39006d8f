package io.portero.safety;

import io.portero.policy.Ip;

/**
 * A TCP session that somebody at {@code peer} holds, or held a moment ago, with a port of this host.
 *
 * @param live whether it still carries anything; one that is closing proves that there was a way in, no more
 */
public record Session(Ip peer, int peerPort, int port, boolean live) {
    @Override
    public String toString() {
        return peer + " to " + port + "/tcp";
    }
}
