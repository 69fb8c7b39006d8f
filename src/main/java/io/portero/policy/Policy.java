package io.portero.policy;

import io.portero.policy.Reference.ListFile;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The whole of what should be true.
 *
 * <p>A value: two policies are equal exactly when they admit the same and behave the same, however their files were
 * spelled or ordered.
 */
public record Policy(
        Mode mode,
        SortedMap<String, Group> groups,
        SortedMap<String, Service> services,
        Sources deny,
        Sources ping,
        SortedSet<InterfacePattern> trustedInterfaces,
        List<PolicyTest> tests,
        Safety safety) {

    public Policy {
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
        trustedInterfaces = Collections.unmodifiableSortedSet(new TreeSet<>(trustedInterfaces));
        tests = List.copyOf(tests);
        if (deny.any()) {
            throw new IllegalArgumentException("denying everybody is not a policy");
        }
        for (var service : services.values()) {
            requireKnown(groups, service.from());
        }
        requireKnown(groups, deny);
        requireKnown(groups, ping);
    }

    private static void requireKnown(Map<String, Group> groups, Sources sources) {
        for (var group : sources.groups()) {
            if (!groups.containsKey(group)) {
                throw new IllegalArgumentException("no group " + group);
            }
        }
    }

    /** A group that the policy names. */
    public Group group(String name) {
        return Objects.requireNonNull(groups.get(name), name);
    }

    /** All that is referred to, with the addresses that it stands for here. */
    public SortedMap<Reference, AddressSet> references() {
        var all = new TreeMap<Reference, AddressSet>();
        groups.values().forEach(g -> all.putAll(g.members().referred()));
        services.values().forEach(s -> all.putAll(s.from().others().referred()));
        all.putAll(deny.others().referred());
        all.putAll(ping.others().referred());
        return all;
    }

    /** The lists that it refers to, with what they held when it was read. */
    public SortedMap<ListFile, AddressSet> lists() {
        var lists = new TreeMap<ListFile, AddressSet>();
        references().forEach((reference, addresses) -> {
            switch (reference) {
                case ListFile list -> lists.put(list, addresses);
            }
        });
        return lists;
    }

    public Collection<Service> enabledServices() {
        return services.values().stream().filter(Service::enabled).toList();
    }
}
