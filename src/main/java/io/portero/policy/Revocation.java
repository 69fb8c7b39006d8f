package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The access that addresses lose by a change of policy, if services admitted them by name.
 *
 * <p>Incoming flows are judged packet by packet, so they need no extra work. Flows that this host started to such an
 * address live on by its answers, which pass. These flows must be cut, unless their service drains.
 */
public final class Revocation {
    private final Policy before;
    private final Policy after;

    public Revocation(Policy before, Policy after) {
        this.before = before;
        this.after = after;
    }

    private record Loss(List<PortRange> ports, AddressSet addresses) {}

    /** The addresses whose flows may have to be cut. */
    public AddressSet lostToCut() {
        return union(losses(before, after, true));
    }

    /** The addresses whose flows may continue for a while, by the draining service. */
    public SortedMap<String, AddressSet> lostToDrain() {
        var lost = new TreeMap<String, AddressSet>();
        for (var service : after.enabledServices()) {
            if (!service.onRevoke().drains() || service.from().any()) {
                continue;
            }
            var had = AddressSet.EMPTY;
            for (var old : before.enabledServices()) {
                if (old.overlaps(service)) {
                    had = had.union(old.from().addresses(before.groups()));
                }
            }
            var gone = had.minus(service.from().addresses(after.groups()));
            if (!gone.isEmpty()) {
                lost.put(service.name(), gone);
            }
        }
        return lost;
    }

    /** The addresses that a service admits by name now, and that no service at its ports admitted before. */
    public AddressSet gained() {
        return union(losses(after, before, false));
    }

    /** Tells which sources have draining flows at a service. */
    public interface Draining {
        Draining NOBODY = (service, address) -> false;

        boolean at(Service service, Ip address);
    }

    /** The addresses to which flows must be cut. */
    public SortedSet<Ip> cut(Collection<Outgoing> flows, Draining draining) {
        var losses = losses(before, after, true);
        var named = named(after);
        return flows.stream()
                .filter(flow -> !isLetIn(after, flow, draining))
                .filter(flow -> losses.stream()
                        .filter(loss -> loss.addresses().contains(flow.to()))
                        .anyMatch(loss -> offers(loss.ports(), flow.local()) || !named.contains(flow.to())))
                .map(Outgoing::to)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The addresses to which flows must be cut because their drain time at a service is over. */
    public static SortedSet<Ip> over(
            Policy policy, Service service, AddressSet addresses, Collection<Outgoing> flows, Draining draining) {
        var named = named(policy);
        return flows.stream()
                .filter(flow -> addresses.contains(flow.to()))
                .filter(flow -> !isLetIn(policy, flow, draining))
                .filter(flow -> service.offers(flow.local()) || !named.contains(flow.to()))
                .map(Outgoing::to)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Whether answers of the flow pass even from a revoked address, because a service admits the address at this port.
     */
    public static boolean isLetIn(Policy policy, Outgoing flow, Draining draining) {
        return policy.enabledServices().stream()
                .filter(s -> s.offers(flow.local()))
                .anyMatch(s -> s.from().any()
                        || draining.at(s, flow.to())
                        || s.from().addresses(policy.groups()).contains(flow.to()));
    }

    /** The draining service that keeps the flow alive, if any. */
    public static Optional<Service> drainingAt(Policy policy, Flow flow, Draining draining) {
        var offering = policy.enabledServices().stream()
                .filter(s -> s.offers(flow.port()))
                .toList();
        boolean admitted = offering.stream()
                .anyMatch(s ->
                        s.from().any() || s.from().addresses(policy.groups()).contains(flow.from()));
        return admitted
                ? Optional.empty()
                : offering.stream().filter(s -> draining.at(s, flow.from())).findFirst();
    }

    /** The addresses that services of one policy admit by name and services of the other do not, at the same ports. */
    private static List<Loss> losses(Policy from, Policy to, boolean onlyToCut) {
        var losses = new ArrayList<Loss>();
        for (var service : from.enabledServices()) {
            var there = to.enabledServices().stream().filter(service::overlaps).toList();
            boolean drains = there.stream().anyMatch(s -> s.onRevoke().drains());
            if (service.from().any()
                    || onlyToCut && drains
                    || there.stream().anyMatch(s -> s.from().any())) {
                continue;
            }
            var lost = service.from().addresses(from.groups());
            for (var other : there) {
                lost = lost.minus(other.from().addresses(to.groups()));
            }
            if (!lost.isEmpty()) {
                losses.add(new Loss(service.ports(), lost));
            }
        }
        return losses;
    }

    private static AddressSet union(List<Loss> losses) {
        var all = AddressSet.EMPTY;
        for (var loss : losses) {
            all = all.union(loss.addresses());
        }
        return all;
    }

    private static AddressSet named(Policy policy) {
        var all = AddressSet.EMPTY;
        for (var service : policy.enabledServices()) {
            if (!service.from().any()) {
                all = all.union(service.from().addresses(policy.groups()));
            }
        }
        return all;
    }

    private static boolean offers(List<PortRange> ports, PortRange port) {
        return ports.stream().anyMatch(p -> p.contains(port));
    }
}
