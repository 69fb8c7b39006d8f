package io.portero.doctor;

import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Arithmetic with the ports that the services of a policy admit. */
final class Ports {
    private Ports() {}

    /** The services that admit at least one source. */
    static List<Service> open(Policy policy) {
        return policy.enabledServices().stream()
                .filter(s -> !s.from().addresses(policy.groups()).isEmpty())
                .toList();
    }

    static List<PortRange> of(Collection<Service> services, Predicate<Service> which) {
        return PortRange.canonical(
                services.stream().filter(which).flatMap(s -> s.ports().stream()).toList());
    }

    /** The ports of a range that are in none of the others. */
    static List<PortRange> minus(PortRange range, Collection<PortRange> others) {
        var left = new ArrayList<PortRange>();
        int first = range.first();
        for (var other : PortRange.canonical(others)) {
            if (other.overlaps(range)) {
                if (first < other.first()) {
                    left.add(new PortRange(range.protocol(), first, other.first() - 1));
                }
                first = Math.max(first, other.last() + 1);
            }
        }
        if (first <= range.last()) {
            left.add(new PortRange(range.protocol(), first, range.last()));
        }
        return left;
    }

    static int count(Collection<PortRange> ranges) {
        return ranges.stream().mapToInt(r -> r.last() - r.first() + 1).sum();
    }
}
