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
 * What a change of policy takes away from addresses that services admitted by name.
 *
 * <p>What somebody else started is judged packet by packet and needs no help. What this host started towards him is
 * answered, and answers pass: those flows must be cut, unless the service that they belong to is to drain.
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

    /** The addresses whose flows may go on for a while, by the service that drains. */
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

    /** The addresses that a service admits by name and that none at its ports did before. */
    public AddressSet gained() {
        return union(losses(after, before, false));
    }

    /** Tells whose flows go on at a service for a while, though it no longer admits them. */
    public interface Draining {
        Draining NOBODY = (service, address) -> false;

        boolean at(Service service, Ip address);
    }

    /** Those towards whom flows must be cut. */
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

    /** Those towards whom flows must be cut since their time to drain at a service is over. */
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

    /** Whether answers of the flow pass even from an address that is revoked: at this port it may send by itself. */
    public static boolean isLetIn(Policy policy, Outgoing flow, Draining draining) {
        return policy.enabledServices().stream()
                .filter(s -> s.offers(flow.local()))
                .anyMatch(s -> s.from().any()
                        || draining.at(s, flow.to())
                        || s.from().addresses(policy.groups()).contains(flow.to()));
    }

    /** The service by whose grace the flow lives, if it does by that of one that drains. */
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

    /** What the services of one policy admit by name and those of the other at the same ports do not. */
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
