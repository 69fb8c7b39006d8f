package io.portero.proposal;

import io.portero.policy.PortRange;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A proposed service.
 *
 * @param why the comment above it
 * @param more further keys, each after a comma
 */
record Offer(String name, List<PortRange> ports, String from, String more, String why) {
    private static final String ON = ", on: ";

    Offer {
        ports = List.copyOf(ports);
    }

    static Offer of(String name, List<PortRange> ports, String from, String why) {
        return new Offer(name, ports, from, "", why);
    }

    /**
     * The key {@code on} for a listener that is bound to addresses of these interfaces; empty for none and for trusted
     * interfaces.
     */
    static String on(Collection<String> interfaces) {
        return interfaces.isEmpty() || interfaces.stream().anyMatch(ContainerBridges::isUsual)
                ? ""
                : ON + PolicyText.list(List.copyOf(interfaces));
    }

    /** Whether it also takes packets from the Internet. */
    boolean isEverywhere() {
        return !more.contains(ON);
    }

    boolean covers(PortRange wanted) {
        return ports.stream().anyMatch(p -> p.contains(wanted));
    }

    String line() {
        var words = ports.stream().map(PortRange::toString).collect(Collectors.joining(", ", "[", "]"));
        return name + ": { ports: " + words + ", from: [" + from + "]" + more + " }";
    }
}
