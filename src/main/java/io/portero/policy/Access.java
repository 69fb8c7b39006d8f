package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who reaches what under a policy, and how that differs from another.
 *
 * <p>Ports are cut into the intervals on which nothing changes, so the cost is the number of services, squared at worst,
 * and the size of the groups that they name.
 */
public final class Access {
    private final Policy policy;
    private final Basis basis;
    private final AddressSet denied;
    private final Map<String, AddressSet> admitted = new HashMap<>();

    /** The base of the comparison: the sources that the policy admits, or nobody, or everybody. */
    private enum Basis {
        NOBODY,
        POLICY,
        /** Everybody, because nothing is dropped or the interface is not filtered. */
        EVERYBODY
    }

    private Access(Policy policy, Basis basis) {
        this.policy = policy;
        this.basis = basis;
        this.denied = policy.deny().addresses(policy.groups());
    }

    /** Computed only for the services in question: a change of other ports must cost nothing. */
    private AddressSet admitted(Service service) {
        return basis == Basis.NOBODY
                ? AddressSet.EMPTY
                : admitted.computeIfAbsent(
                        service.name(),
                        name -> service.from().addresses(policy.groups()).minus(denied));
    }

    /**
     * Some ports, and the sources that gain or lose access to them.
     *
     * @param place where they come in
     */
    public record Change(PortRange ports, List<String> services, Place place, AddressSet gained, AddressSet lost) {}

    /** Who reaches some ports at a place, before and after. */
    private record Difference(Place place, AddressSet had, AddressSet has) {
        boolean isLike(Difference other) {
            return had.equals(other.had) && has.equals(other.has);
        }
    }

    /** The changes of access from one policy to another, in the order of ports. */
    public static List<Change> changes(Policy before, Policy after) {
        return changes(new Access(before, Basis.POLICY), new Access(after, Basis.POLICY), ports -> true);
    }

    /** Who reaches what under one policy, as the gain over a policy that admits nobody. */
    public static List<Change> admitted(Policy policy) {
        return changes(new Access(policy, Basis.NOBODY), new Access(policy, Basis.POLICY), ports -> true);
    }

    /** @param asked the ports that matter */
    private static List<Change> changes(Access old, Access next, Predicate<PortRange> asked) {
        var parts = new ArrayList<Part>();
        for (var interval : intervals(Stream.of(old.policy, next.policy)
                .flatMap(p -> p.enabledServices().stream())
                .flatMap(s -> s.ports().stream())
                .toList())) {
            if (!asked.test(interval)) {
                continue;
            }
            var names = new TreeSet<String>();
            var entrances = new LinkedHashSet<Entrance>();
            Stream.concat(old.offering(interval).stream(), next.offering(interval).stream())
                    .forEach(service -> {
                        names.add(service.name());
                        entrances.add(service.entrance());
                    });
            var rows = Places.of(entrances).stream()
                    .map(row -> row.stream()
                            .map(p -> new Difference(p, old.reaching(interval, p), next.reaching(interval, p)))
                            .toList())
                    .toList();
            for (var change : inWords(rows)) {
                merge(
                        parts,
                        new Part(
                                new Change(
                                        interval,
                                        List.copyOf(names),
                                        change.place(),
                                        change.has().minus(change.had()),
                                        change.had().minus(change.has())),
                                names(old.offering(interval)),
                                names(next.offering(interval))));
            }
        }
        return parts.stream().map(Part::change).toList();
    }

    /**
     * A change, and the services that offer its ports before and after. Ports are merged only where these are the same,
     * so that every service that offers one port of a change offers all of them.
     */
    private record Part(Change change, Set<String> before, Set<String> after) {
        boolean continues(Part last) {
            var ports = last.change.ports();
            return ports.protocol() == change.ports().protocol()
                    && ports.last() + 1 == change.ports().first()
                    && last.before.equals(before)
                    && last.after.equals(after)
                    && last.change.place().equals(change.place())
                    && last.change.gained().equals(change.gained())
                    && last.change.lost().equals(change.lost());
        }

        Part continuedBy(Part next) {
            var ports = new PortRange(
                    change.ports().protocol(),
                    change.ports().first(),
                    next.change.ports().last());
            return new Part(
                    new Change(ports, change.services(), change.place(), change.gained(), change.lost()),
                    before,
                    after);
        }
    }

    private static Set<String> names(Collection<Service> services) {
        return services.stream().map(Service::name).collect(Collectors.toSet());
    }

    /** The differences; interfaces and addresses are named only where they matter. */
    private static List<Difference> inWords(List<List<Difference>> rows) {
        boolean interfaces = !rows.stream().allMatch(row -> sameAs(rows.getFirst(), row));
        boolean addresses = !rows.stream().allMatch(row -> row.stream().allMatch(row.getFirst()::isLike));
        return (interfaces ? rows : rows.subList(0, 1))
                .stream()
                        .flatMap(row -> (addresses ? row : row.subList(0, 1)).stream())
                        .filter(d -> !d.had().equals(d.has()))
                        .map(d -> interfaces ? d : new Difference(d.place().onEveryInterface(), d.had(), d.has()))
                        .map(d -> addresses ? d : new Difference(d.place().atEveryAddress(), d.had(), d.has()))
                        .toList();
    }

    private static boolean sameAs(List<Difference> one, List<Difference> other) {
        return IntStream.range(0, one.size()).allMatch(i -> one.get(i).isLike(other.get(i)));
    }

    /**
     * Whether anybody loses access to a port at which the old policy has a management service, or at which somebody has
     * logged in: by what services admit, by deny, by an interface that is no longer trusted, because what was only counted is
     * dropped from now on, or because less may be sent to it.
     *
     * @param logins the ports at which somebody has logged in, whatever service has them
     */
    public static boolean narrowsManagement(Policy before, Policy after, Collection<PortRange> logins) {
        if (after.mode() == Mode.OBSERVE) {
            return false; // nothing is dropped
        }
        if (limitsManagement(before, after, logins)) {
            return true;
        }
        boolean wasOpen =
                before.mode() == Mode.OBSERVE || !after.trustedInterfaces().containsAll(before.trustedInterfaces());
        var management = PortRange.canonical(Stream.concat(
                        logins.stream(),
                        before.enabledServices().stream()
                                .filter(Service::management)
                                .flatMap(s -> s.ports().stream()))
                .toList());
        var old = new Access(before, wasOpen ? Basis.EVERYBODY : Basis.POLICY);
        return changes(
                        old,
                        new Access(after, Basis.POLICY),
                        ports -> management.stream().anyMatch(ports::overlaps))
                .stream()
                .anyMatch(c -> !c.lost().isEmpty());
    }

    /** A limit counts each packet of a session, so that a low one makes a login impossible. */
    private static boolean limitsManagement(Policy before, Policy after, Collection<PortRange> logins) {
        return before.enabledServices().stream()
                .filter(s -> s.management() || logins.stream().anyMatch(s::offers))
                .anyMatch(old -> after.enabledServices().stream()
                        .filter(old::overlaps)
                        .anyMatch(next -> next.limit()
                                .filter(limit -> old.limit().isEmpty()
                                        || limit.isStricterThan(old.limit().get()))
                                .isPresent()));
    }

    private AddressSet reaching(PortRange interval, Place place) {
        var all = basis == Basis.EVERYBODY ? Sources.ANY.addresses(policy.groups()) : AddressSet.EMPTY;
        for (var service : offering(interval)) {
            if (place.isTakenBy(service.entrance())) {
                all = all.union(admitted(service));
            }
        }
        return place.possible(all);
    }

    private List<Service> offering(PortRange interval) {
        return policy.enabledServices().stream().filter(s -> s.offers(interval)).toList();
    }

    /** Merges equal changes of adjacent ports. */
    private static void merge(List<Part> parts, Part next) {
        for (int i = 0; i < parts.size(); i++) {
            if (next.continues(parts.get(i))) {
                parts.set(i, parts.get(i).continuedBy(next));
                return;
            }
        }
        parts.add(next);
    }

    /** The ranges, split at each other's borders. */
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
