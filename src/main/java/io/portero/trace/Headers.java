package io.portero.trace;

import java.util.Optional;

/**
 * What a packet carries at one place of its way.
 *
 * @param in the interface that it came by; empty when the kernel does not say
 * @param out the interface that it leaves by; empty before it is routed, and for what is delivered here
 * @param protocol such as {@code udp}; empty when the kernel does not say
 * @param icmpType such as {@code echo-request}; empty for what is no ICMP
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
