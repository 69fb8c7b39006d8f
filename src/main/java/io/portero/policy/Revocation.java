package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
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
        return union(losses(OnRevoke.CUT));
    }

    /** The addresses whose flows may go on to their end. */
    public AddressSet lostToDrain() {
        return union(losses(OnRevoke.DRAIN));
    }

    /** The addresses that a service admits by name and that none at its ports did before. */
    public AddressSet gained() {
        return union(losses(after, before, null));
    }

    /** Those towards whom flows must be cut. */
    public SortedSet<Ip> cut(Collection<Outgoing> flows) {
        var losses = losses(OnRevoke.CUT);
        var named = named(after);
        return flows.stream()
                .filter(flow -> !isLetIn(after, flow))
                .filter(flow -> losses.stream()
                        .filter(loss -> loss.addresses().contains(flow.to()))
                        .anyMatch(loss -> offers(loss.ports(), flow.local()) || !named.contains(flow.to())))
                .map(Outgoing::to)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether answers of the flow pass even from an address that is revoked: at this port it may send by itself. */
    public static boolean isLetIn(Policy policy, Outgoing flow) {
        return policy.enabledServices().stream()
                .filter(s -> s.offers(flow.local()))
                .anyMatch(s -> s.from().any()
                        || s.onRevoke() == OnRevoke.DRAIN
                        || s.from().addresses(policy.groups()).contains(flow.to()));
    }

    /** Whether the flow lives by the grace of a service that drains. */
    public static boolean isDraining(Policy policy, Flow flow) {
        var offering = policy.enabledServices().stream()
                .filter(s -> s.offers(flow.port()))
                .toList();
        return offering.stream().anyMatch(s -> s.onRevoke() == OnRevoke.DRAIN)
                && offering.stream()
                        .noneMatch(s -> s.from().any()
                                || s.from().addresses(policy.groups()).contains(flow.from()));
    }

    private List<Loss> losses(OnRevoke how) {
        return losses(before, after, how);
    }

    /** What the services of one policy admit by name and those of the other at the same ports do not. */
    private List<Loss> losses(Policy from, Policy to, @org.jspecify.annotations.Nullable OnRevoke how) {
        var losses = new ArrayList<Loss>();
        for (var service : from.enabledServices()) {
            var there = to.enabledServices().stream()
                    .filter(s -> overlap(s.ports(), service.ports()))
                    .toList();
            var onRevoke = there.stream().anyMatch(s -> s.onRevoke() == OnRevoke.DRAIN)
                            || there.isEmpty() && service.onRevoke() == OnRevoke.DRAIN
                    ? OnRevoke.DRAIN
                    : OnRevoke.CUT;
            if (service.from().any()
                    || how != null && how != onRevoke
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

    private static boolean overlap(List<PortRange> some, List<PortRange> others) {
        return some.stream()
                .anyMatch(a -> others.stream()
                        .anyMatch(b -> a.protocol() == b.protocol() && a.first() <= b.last() && b.first() <= a.last()));
    }
}
