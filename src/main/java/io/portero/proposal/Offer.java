package io.portero.proposal;

import io.portero.policy.PortRange;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A service as the proposal has it.
 *
 * @param why stands above it
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

    /** The key for something that is bound to addresses of these interfaces; nothing for none, and for those that are trusted. */
    static String on(Collection<String> interfaces) {
        return interfaces.isEmpty() || interfaces.stream().anyMatch(ContainerBridges::isUsual)
                ? ""
                : ON + PolicyText.list(List.copyOf(interfaces));
    }

    /** Whether it takes packets by the interfaces of the Internet too. */
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
