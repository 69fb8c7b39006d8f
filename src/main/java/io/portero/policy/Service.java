package io.portero.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Something this host offers: on which ports, to whom.
 *
 * @param ports in canonical form, never empty
 * @param enabled a disabled service is checked like any other and admits nobody
 * @param management whether the operator comes in this way
 * @param limit how much each source may send
 */
public record Service(
        String name,
        List<PortRange> ports,
        Sources from,
        boolean enabled,
        boolean management,
        OnRevoke onRevoke,
        Optional<Limit> limit) {

    /**
     * In which order services that share a port are asked: who admits without a limit comes first, then the most generous limit. So
     * what any of them admits is admitted.
     */
    public static final Comparator<Service> GENEROUS_FIRST = Comparator.comparingLong(
                    (Service s) -> -s.limit().map(Limit::perHour).orElse(Long.MAX_VALUE))
            .thenComparing(Service::name);

    public Service {
        Name.valid(name);
        ports = PortRange.canonical(ports);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a service needs a port");
        }
    }

    public Service(
            String name, List<PortRange> ports, Sources from, boolean enabled, boolean management, OnRevoke onRevoke) {
        this(name, ports, from, enabled, management, onRevoke, Optional.empty());
    }

    public static Service of(String name, Collection<PortRange> ports, Sources from) {
        return new Service(name, List.copyOf(ports), from, true, false, OnRevoke.CUT);
    }

    /** The same for others. */
    Service from(Sources others) {
        return new Service(name, ports, others, enabled, management, onRevoke, limit);
    }

    /** Whether this service is offered at the port. */
    public boolean offers(PortRange port) {
        return enabled && ports.stream().anyMatch(p -> p.contains(port));
    }

    /** Whether it has a port in common with another. */
    boolean overlaps(Service other) {
        return ports.stream().anyMatch(a -> other.ports.stream().anyMatch(a::overlaps));
    }

    /** The place in the policy file that says who is admitted. */
    public String fromKey() {
        return "services." + name + ".from";
    }

    /** The place in the policy file that says how much each source may send. */
    public String limitKey() {
        return "services." + name + ".limit";
    }

    /** Whether sources are banned for sending too much. */
    public boolean bans() {
        return limit.flatMap(Limit::ban).isPresent();
    }
}
