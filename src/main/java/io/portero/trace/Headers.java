package io.portero.trace;

import java.util.Optional;

/**
 * The headers of a packet at one point of its path.
 *
 * @param in the interface where it came in; empty if the kernel does not tell
 * @param out the interface where it leaves; empty before routing, and for packets to this host
 * @param protocol for example {@code udp}; empty if the kernel does not tell
 * @param icmpType for example {@code echo-request}; empty for other protocols than ICMP
 */
public record Headers(
        String in,
        String out,
        String source,
        String destination,
        String protocol,
        Optional<Integer> sourcePort,
        Optional<Integer> destinationPort,
        String icmpType) {

    /** Source and port. */
    public String from() {
        return end(source, sourcePort);
    }

    /** Destination and port. */
    public String to() {
        return end(destination, destinationPort);
    }

    private static String end(String address, Optional<Integer> port) {
        return port.map(p -> (address.contains(":") ? "[" + address + "]" : address) + ":" + p)
                .orElse(address);
    }
}
