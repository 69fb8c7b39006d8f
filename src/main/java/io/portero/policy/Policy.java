package io.portero.policy;

import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import io.portero.policy.Reference.Temporary;
import io.portero.policy.Reference.UrlList;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The whole of what should be true.
 *
 * <p>{@code lo} is among the trusted interfaces whatever the file says.
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
        Safety safety,
        OutgoingPolicy outgoing) {

    public Policy {
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
        trustedInterfaces = withLoopback(trustedInterfaces);
        tests = List.copyOf(tests);
        if (deny.any()) {
            throw new IllegalArgumentException("denying everybody is not a policy");
        }
        for (var service : services.values()) {
            requireKnown(groups, service.from());
        }
        requireKnown(groups, deny);
        requireKnown(groups, ping);
        for (var service : outgoing.all().toList()) {
            requireKnown(groups, service.to());
        }
    }

    /** A policy without rules for outgoing packets. */
    public Policy(
            Mode mode,
            SortedMap<String, Group> groups,
            SortedMap<String, Service> services,
            Sources deny,
            Sources ping,
            SortedSet<InterfacePattern> trustedInterfaces,
            List<PolicyTest> tests,
            Safety safety) {
        this(mode, groups, services, deny, ping, trustedInterfaces, tests, safety, OutgoingPolicy.NONE);
    }

    private static SortedSet<InterfacePattern> withLoopback(SortedSet<InterfacePattern> written) {
        var all = new TreeSet<>(written);
        all.add(InterfacePattern.LOOPBACK);
        return Collections.unmodifiableSortedSet(all);
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

    /** The file lists that it refers to, with their content when it was read. */
    public SortedMap<ListFile, AddressSet> lists() {
        return referred(ListFile.class);
    }

    /** The host names that it refers to, with their addresses in this policy. */
    public SortedMap<HostName, AddressSet> names() {
        return referred(HostName.class);
    }

    /** The web lists that it refers to, with their members in this policy. */
    public SortedMap<UrlList, AddressSet> urlLists() {
        return referred(UrlList.class);
    }

    /** The members of groups with an expiry time; expired ones have no addresses. */
    public SortedMap<Temporary, AddressSet> temporary() {
        return referred(Temporary.class);
    }

    /** When the next member expires. */
    public Optional<Instant> nextToLeave() {
        return temporary().entrySet().stream()
                .filter(e -> !e.getValue().isEmpty())
                .map(e -> e.getKey().until())
                .min(Comparator.naturalOrder());
    }

    /** The policy at that time: without expired members. */
    public Policy at(Instant now) {
        if (temporary().isEmpty()) {
            return this;
        }
        var next = new TreeMap<>(groups);
        next.replaceAll((name, group) -> new Group(name, group.members().at(now)));
        return new Policy(mode, next, services, deny, ping, trustedInterfaces, tests, safety, outgoing);
    }

    private <R extends Reference> SortedMap<R, AddressSet> referred(Class<R> kind) {
        var found = new TreeMap<R, AddressSet>();
        members()
                .values()
                .forEach(members -> members.referred().forEach((reference, addresses) -> {
                    if (kind.isInstance(reference)) {
                        found.put(kind.cast(reference), addresses);
                    }
                }));
        return found;
    }

    /** The groups that contain a reference, and the other keys that name it. */
    public SortedSet<String> places(Reference reference) {
        var places = new TreeSet<String>();
        members().forEach((place, members) -> {
            if (members.referred().containsKey(reference)) {
                places.add(place);
            }
        });
        return places;
    }

    /** All places that may contain references, by group or key. */
    private SortedMap<String, Members> members() {
        var members = new TreeMap<String, Members>();
        groups.values().forEach(g -> members.put(g.name(), g.members()));
        services.values().forEach(s -> members.put(s.fromKey(), s.from().others()));
        members.put("deny", deny.others());
        members.put("ping", ping.others());
        outgoing.all().forEach(s -> members.put(outgoing.key(s) + ".to", s.to().others()));
        return members;
    }

    /** The same with this outgoing policy. */
    public Policy with(OutgoingPolicy other) {
        return new Policy(mode, groups, services, deny, ping, trustedInterfaces, tests, safety, other);
    }

    /** Whether an enabled service names a source, not only as anybody. */
    boolean isNamed(Ip from) {
        return enabledServices().stream()
                .filter(service -> !service.from().any())
                .anyMatch(service -> member(service.from(), from).isPresent());
    }

    /** The sources that contain the address: by group name, or as written. */
    Optional<String> member(Sources sources, Ip address) {
        if (sources.any()) {
            return Optional.of("any");
        }
        return sources.groups().stream()
                .filter(name -> group(name).addresses().contains(address))
                .findFirst()
                .or(() -> sources.others().holding(address));
    }

    /** The same in another mode. */
    public Policy with(Mode other) {
        return new Policy(other, groups, services, deny, ping, trustedInterfaces, tests, safety, outgoing);
    }

    /**
     * The same with the current addresses of its names and web lists; those that are not in {@code current} have no
     * addresses.
     */
    public Policy with(Map<? extends Reference, AddressSet> current) {
        if (names().isEmpty() && urlLists().isEmpty()) {
            return this;
        }
        var nextGroups = new TreeMap<>(groups);
        nextGroups.replaceAll((name, group) -> new Group(name, group.members().with(current)));
        var nextServices = new TreeMap<>(services);
        nextServices.replaceAll((name, service) -> service.from(service.from().with(current)));
        return new Policy(
                mode,
                nextGroups,
                nextServices,
                deny.with(current),
                ping.with(current),
                trustedInterfaces,
                tests,
                safety,
                outgoing.with(current));
    }

    /** The pattern by which an interface is trusted, so that its incoming packets are not filtered. */
    public Optional<InterfacePattern> trust(String interfaceName) {
        return trustedInterfaces.stream().filter(p -> p.matches(interfaceName)).findFirst();
    }

    public Collection<Service> enabledServices() {
        return services.values().stream().filter(Service::enabled).toList();
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Policy that
                        && mode == that.mode
                        && groups.equals(that.groups)
                        && services.equals(that.services)
                        && deny.equals(that.deny)
                        && ping.equals(that.ping)
                        && trustedInterfaces.equals(that.trustedInterfaces)
                        && tests.equals(that.tests)
                        && safety.equals(that.safety)
                        && outgoing.equals(that.outgoing);
    }

    @Override
    public int hashCode() {
        return Objects.hash(mode, groups, services, deny, ping, trustedInterfaces, tests, safety, outgoing);
    }
}
