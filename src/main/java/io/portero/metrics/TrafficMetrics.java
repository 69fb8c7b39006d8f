package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.portero.apply.Firewall.Count;
import io.portero.compile.OutgoingNames;
import io.portero.compile.Reason;
import io.portero.compile.ServiceNames;
import io.portero.policy.Family;
import io.portero.policy.Policy;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of accepted and dropped packets, from the kernel's counters; series appear and disappear with the
 * policy's services and groups.
 */
final class TrafficMetrics {
    private final MeterRegistry registry;
    private final KernelCounters counters;
    private final Map<String, List<Meter>> services = new HashMap<>();
    private final Map<String, List<Meter>> outgoing = new HashMap<>();
    private final Map<String, List<Meter>> groups = new HashMap<>();
    private volatile Policy policy = Nothing.POLICY;

    TrafficMetrics(MeterRegistry registry, KernelCounters counters) {
        this.registry = registry;
        this.counters = counters;
        for (var reason : Reason.values()) {
            counter(
                    "portero.dropped.packets",
                    "Dropped packets, by reason; in mode observe, packets that would be dropped. portero"
                            + " explain says why a packet is dropped.",
                    reason.counter(),
                    Count::packets,
                    "reason",
                    reason.word());
            counter(
                    "portero.dropped.bytes",
                    "Bytes of dropped packets, by the same reasons as portero_dropped_packets_total.",
                    reason.counter(),
                    Count::bytes,
                    "reason",
                    reason.word());
        }
    }

    /** Shows the services and groups of this policy and no others. */
    void follow(Policy next) {
        policy = next;
        var enabled = new TreeSet<String>();
        next.enabledServices().forEach(s -> enabled.add(s.name()));
        exchange(services, enabled, this::service);
        var leaving = new TreeSet<String>();
        next.outgoing().enabled().forEach(s -> leaving.add(s.name()));
        exchange(outgoing, leaving, this::outgoing);
        exchange(groups, next.groups().keySet(), this::group);
    }

    private interface Registration {
        List<Meter> of(String name);
    }

    private void exchange(Map<String, List<Meter>> meters, java.util.Set<String> names, Registration registration) {
        for (var gone : new TreeSet<>(meters.keySet())) {
            if (!names.contains(gone)) {
                meters.getOrDefault(gone, List.of()).forEach(registry::remove);
                meters.remove(gone);
            }
        }
        names.forEach(name -> meters.computeIfAbsent(name, registration::of));
    }

    private List<Meter> service(String service) {
        var names = new ServiceNames(service);
        return traffic(
                service,
                Map.of(Verdict.ACCEPT, names.accepted(), Verdict.DROP, names.refused()),
                names.connections(),
                new Series(
                        "portero.service.packets",
                        "Packets to a service, by verdict; drop means that the source is not in from of the"
                                + " service: add it if it should be."),
                new Series("portero.service.bytes", "Bytes to a service, by verdict."),
                new Series(
                        "portero.service.connections",
                        "Accepted flows to a service; when no new ones come, check who cannot reach it."));
    }

    private List<Meter> outgoing(String service) {
        var names = new OutgoingNames(service);
        return traffic(
                service,
                Map.of(Verdict.ACCEPT, names.accepted(), Verdict.DROP, names.refused()),
                names.connections(),
                new Series(
                        "portero.outgoing.packets",
                        "Packets of this host and its containers to an outgoing service, by verdict; drop"
                                + " means that the policy does not admit the destination."),
                new Series(
                        "portero.outgoing.bytes",
                        "Bytes of this host and its containers to an outgoing service, by verdict."),
                new Series(
                        "portero.outgoing.connections",
                        "Accepted flows of this host and its containers to an outgoing service."));
    }

    private record Series(String name, String help) {}

    /** Packets and bytes by verdict, and the number of flows. */
    private List<Meter> traffic(
            String service,
            Map<Verdict, String> counters,
            String connections,
            Series packets,
            Series bytes,
            Series flows) {
        var meters = new ArrayList<Meter>();
        counters.forEach((verdict, name) -> {
            var tags = new String[] {"service", service, "verdict", verdict.word()};
            meters.add(counter(packets.name(), packets.help(), name, Count::packets, tags));
            meters.add(counter(bytes.name(), bytes.help(), name, Count::bytes, tags));
        });
        meters.add(counter(flows.name(), flows.help(), connections, Count::packets, "service", service));
        return meters;
    }

    private List<Meter> group(String group) {
        return List.of(addresses(group, Family.V4, "ipv4"), addresses(group, Family.V6, "ipv6"));
    }

    private Meter addresses(String group, Family family, String word) {
        return Gauge.builder("portero.group.addresses", () -> size(group, family))
                .description("Addresses, ranges and networks in a group after merging; an empty group admits nobody.")
                .tag("group", group)
                .tag("family", word)
                .register(registry);
    }

    private double size(String group, Family family) {
        var found = policy.groups().get(group);
        return found == null ? 0 : found.addresses().only(family).rangeCount();
    }

    private Meter counter(
            String name, String description, String counter, ToDoubleFunction<Count> part, String... tags) {
        return FunctionCounter.builder(name, counters, c -> part.applyAsDouble(c.latest(counter)))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Before there is a policy. */
    private static final class Nothing {
        private static final Policy POLICY = new Policy(
                io.portero.policy.Mode.ENFORCE,
                java.util.Collections.emptySortedMap(),
                java.util.Collections.emptySortedMap(),
                io.portero.policy.Sources.NOBODY,
                io.portero.policy.Sources.NOBODY,
                java.util.Collections.emptySortedSet(),
                List.of(),
                io.portero.policy.Safety.DEFAULT);
    }
}
