package io.portero.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The policy for outgoing packets of this host and its containers.
 *
 * <p>Services come first and admit; then {@code refuse} refuses; the default decides the rest. So the mail port can be
 * open to a relay and closed to everybody else under either default. Answers to incoming flows are never judged.
 *
 * @param otherwise the default verdict
 * @param refuse the refused services; no name may be in both maps
 */
public record OutgoingPolicy(
        Verdict otherwise, SortedMap<String, OutgoingService> services, SortedMap<String, OutgoingService> refuse) {
    /** Everything may leave, and no rules are needed. */
    public static final OutgoingPolicy NONE =
            new OutgoingPolicy(Verdict.ACCEPT, Collections.emptySortedMap(), Collections.emptySortedMap());

    public OutgoingPolicy {
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
        refuse = Collections.unmodifiableSortedMap(new TreeMap<>(refuse));
        if (!Collections.disjoint(services.keySet(), refuse.keySet())) {
            throw new IllegalArgumentException("a name stands in services and refuse");
        }
    }

    /** Whether every packet may leave and none is counted. */
    public boolean isOpen() {
        return otherwise == Verdict.ACCEPT && enabled().isEmpty();
    }

    /** The enabled entries: those that admit, then those that refuse. */
    public Collection<OutgoingService> enabled() {
        return all().filter(OutgoingService::enabled).toList();
    }

    public Collection<OutgoingService> enabledServices() {
        return services.values().stream().filter(OutgoingService::enabled).toList();
    }

    public Collection<OutgoingService> enabledRefusals() {
        return refuse.values().stream().filter(OutgoingService::enabled).toList();
    }

    Stream<OutgoingService> all() {
        return Stream.concat(services.values().stream(), refuse.values().stream());
    }

    /** The place in the policy file. */
    public String key(OutgoingService service) {
        return (refuse.containsKey(service.name()) ? "outgoing.refuse." : "outgoing.services.") + service.name();
    }

    /** The same with the current addresses of names and web lists. */
    OutgoingPolicy with(Map<? extends Reference, AddressSet> current) {
        var admitting = new TreeMap<>(services);
        admitting.replaceAll((name, service) -> service.to(service.to().with(current)));
        var refusing = new TreeMap<>(refuse);
        refusing.replaceAll((name, service) -> service.to(service.to().with(current)));
        return new OutgoingPolicy(otherwise, admitting, refusing);
    }
}
