package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who reaches what under a policy, and how that differs from another.
 *
 * <p>Ports are cut into the intervals on which nothing changes, so the cost is the number of services, squared at worst,
 * and the size of the groups that they name.
 */
public final class Access {
    private final Policy policy;
    private final AddressSet denied;
    private final Map<String, AddressSet> admitted = new HashMap<>();
    /** Whether everybody reaches everything, since nothing is dropped or an interface is not filtered. */
    private final boolean open;

    private Access(Policy policy, boolean open) {
        this.policy = policy;
        this.open = open;
        this.denied = policy.deny().addresses(policy.groups());
        for (var service : policy.enabledServices()) {
            admitted.put(
                    service.name(), service.from().addresses(policy.groups()).minus(denied));
        }
    }

    /** Some ports, and who comes to reach them or ceases to. */
    public record Change(PortRange ports, List<String> services, AddressSet gained, AddressSet lost) {}

    /** What changes for anybody on the way from one policy to another, in the order of ports. */
    public static List<Change> changes(Policy before, Policy after) {
        return changes(before, after, false);
    }

    /** @param wasOpen whether everybody reached everything before, whatever the policy said */
    private static List<Change> changes(Policy before, Policy after, boolean wasOpen) {
        var old = new Access(before, wasOpen);
        var next = new Access(after, false);
        var changes = new ArrayList<Change>();
        for (var interval : intervals(Stream.of(before, after)
                .flatMap(p -> p.enabledServices().stream())
                .flatMap(s -> s.ports().stream())
                .toList())) {
            var had = old.reaching(interval);
            var has = next.reaching(interval);
            if (!had.equals(has)) {
                var names = new TreeSet<>(old.offering(interval));
                names.addAll(next.offering(interval));
                merge(changes, new Change(interval, List.copyOf(names), has.minus(had), had.minus(has)));
            }
        }
        return changes;
    }

    /**
     * Whether anybody loses access to a port at which the old policy has a management service: by what services admit, by
     * deny, by an interface that is no longer trusted, because what was only counted is dropped from now on, or because less may
     * be sent to it.
     */
    public static boolean narrowsManagement(Policy before, Policy after) {
        if (after.mode() == Mode.OBSERVE) {
            return false; // nothing is dropped
        }
        if (limitsManagement(before, after)) {
            return true;
        }
        boolean wasOpen =
                before.mode() == Mode.OBSERVE || !after.trustedInterfaces().containsAll(before.trustedInterfaces());
        var management = PortRange.canonical(before.enabledServices().stream()
                .filter(Service::management)
                .flatMap(s -> s.ports().stream())
                .toList());
        return changes(before, after, wasOpen).stream()
                .filter(c -> !c.lost().isEmpty())
                .anyMatch(c -> management.stream()
                        .anyMatch(m -> m.contains(c.ports()) || c.ports().contains(m)));
    }

    /** A limit counts each packet of a session, so that a low one makes a login impossible. */
    private static boolean limitsManagement(Policy before, Policy after) {
        return before.enabledServices().stream()
                .filter(Service::management)
                .anyMatch(old -> after.enabledServices().stream()
                        .filter(old::overlaps)
                        .anyMatch(next -> next.limit()
                                .filter(limit -> old.limit().isEmpty()
                                        || limit.isStricterThan(old.limit().get()))
                                .isPresent()));
    }

    private AddressSet reaching(PortRange interval) {
        var all = open ? Sources.ANY.addresses(policy.groups()) : AddressSet.EMPTY;
        for (var name : offering(interval)) {
            all = all.union(admitted.getOrDefault(name, AddressSet.EMPTY));
        }
        return all;
    }

    private List<String> offering(PortRange interval) {
        return policy.enabledServices().stream()
                .filter(s -> s.offers(interval))
                .map(Service::name)
                .toList();
    }

    /** The same change at the next ports is one change. */
    private static void merge(List<Change> changes, Change next) {
        var last = changes.isEmpty() ? null : changes.getLast();
        if (last != null
                && last.ports().protocol() == next.ports().protocol()
                && last.ports().last() + 1 == next.ports().first()
                && last.services().equals(next.services())
                && last.gained().equals(next.gained())
                && last.lost().equals(next.lost())) {
            var joined = new PortRange(
                    last.ports().protocol(), last.ports().first(), next.ports().last());
            changes.set(changes.size() - 1, new Change(joined, last.services(), last.gained(), last.lost()));
        } else {
            changes.add(next);
        }
    }

    /** The ranges cut at each other's borders. */
    private static List<PortRange> intervals(Collection<PortRange> ranges) {
        var cut = new ArrayList<PortRange>();
        for (var protocol : ranges.stream().map(PortRange::protocol).collect(Collectors.toCollection(TreeSet::new))) {
            var own = ranges.stream().filter(r -> r.protocol() == protocol).toList();
            var borders = new TreeSet<Integer>();
            own.forEach(r -> {
                borders.add(r.first());
                borders.add(r.last() + 1);
            });
            for (var first : borders) {
                var end = borders.higher(first);
                if (end != null) {
                    var interval = new PortRange(protocol, first, end - 1);
                    if (own.stream().anyMatch(r -> r.contains(interval))) {
                        cut.add(interval);
                    }
                }
            }
        }
        return cut;
    }
}
