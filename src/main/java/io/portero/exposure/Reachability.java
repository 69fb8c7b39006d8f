package io.portero.exposure;

import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which groups reach which services, by addresses and not by names. A group also reaches a service through another
 * group that contains its members, and does not if its members are denied.
 *
 * @param byService for each service, then for each group
 */
public record Reachability(SortedMap<String, SortedMap<String, Part>> byService) {

    /** Which part of a group reaches a service. */
    public enum Part {
        ALL,
        SOME,
        NONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Costs the size of all groups for each service. */
    public static Reachability of(Policy policy) {
        var denied = policy.deny().addresses(policy.groups());
        var all = new TreeMap<String, SortedMap<String, Part>>();
        for (var service : policy.services().values()) {
            all.put(service.name(), row(policy, service, denied));
        }
        return new Reachability(all);
    }

    private static SortedMap<String, Part> row(Policy policy, Service service, AddressSet denied) {
        var admitted =
                service.enabled() ? service.from().addresses(policy.groups()).minus(denied) : AddressSet.EMPTY;
        var row = new TreeMap<String, Part>();
        for (var group : policy.groups().values()) {
            row.put(group.name(), part(group.addresses(), admitted));
        }
        return row;
    }

    private static Part part(AddressSet group, AddressSet admitted) {
        var outside = group.minus(admitted);
        if (outside.equals(group)) {
            return Part.NONE; // also for an empty group: it has no members
        }
        return outside.isEmpty() ? Part.ALL : Part.SOME;
    }
}
