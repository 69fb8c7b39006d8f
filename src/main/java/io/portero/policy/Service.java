package io.portero.policy;

import java.util.Collection;
import java.util.List;

/**
 * Something this host offers: on which ports, to whom.
 *
 * @param ports in canonical form, never empty
 * @param enabled a disabled service is checked like any other and admits nobody
 * @param management whether the operator comes in this way
 */
public record Service(
        String name, List<PortRange> ports, Sources from, boolean enabled, boolean management, OnRevoke onRevoke) {
    public Service {
        Name.valid(name);
        ports = PortRange.canonical(ports);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a service needs a port");
        }
    }

    public static Service of(String name, Collection<PortRange> ports, Sources from) {
        return new Service(name, List.copyOf(ports), from, true, false, OnRevoke.CUT);
    }

    /** The same for others. */
    Service from(Sources others) {
        return new Service(name, ports, others, enabled, management, onRevoke);
    }

    /** Whether this service is offered at the port. */
    public boolean offers(PortRange port) {
        return enabled && ports.stream().anyMatch(p -> p.contains(port));
    }

    /** The place in the policy file that says who is admitted. */
    public String fromKey() {
        return "services." + name + ".from";
    }
}
