package io.portero.safety;

import io.portero.policy.Ip;
import java.util.List;
import java.util.SortedSet;

/**
 * What runs on this host, as its sockets show it.
 *
 * @param tracked how many flows connection tracking holds
 * @param listening the TCP ports at which it listens
 * @param connections the established connections with other hosts
 * @param datagramPorts the ports of UDP sockets that take packets from anybody
 */
public record Running(
        int tracked, SortedSet<Integer> listening, List<Connection> connections, SortedSet<Integer> datagramPorts) {
    public Running {
        connections = List.copyOf(connections);
    }

    /**
     * A connection with another host.
     *
     * @param incoming whether the other host started it: true if this host listens on the port
     */
    public record Connection(boolean tcp, Ip peer, int peerPort, int localPort, boolean incoming) {
        @Override
        public String toString() {
            return incoming
                    ? peer + " to " + localPort + "/tcp"
                    : localPort + (tcp ? "/tcp" : "/udp") + " to " + peer + " port " + peerPort;
        }
    }

    /** Whether connection tracking cannot know all connections, for example because nothing has used it before. */
    public boolean isUnknown() {
        return tracked < connections.size();
    }
}
