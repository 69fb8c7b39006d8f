package io.portero.exposure;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Entrance;
import io.portero.policy.Family;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who can reach what on this host.
 *
 * @param doors the reachable listeners, the most dangerous first
 * @param idle the admitted ports without a listener
 */
public record Exposure(List<Door> doors, List<Idle> idle) {
    private static final Set<Protocol> LISTED = Set.of(Protocol.TCP, Protocol.UDP, Protocol.VRRP, Protocol.OSPF);

    public Exposure {
        doors = List.copyOf(doors);
        idle = List.copyOf(idle);
    }

    /**
     * Some ports with a listener.
     *
     * @param services the services of the policy with these ports
     * @param delicate what it is, if it should not be open to everybody
     */
    public record Door(
            PortRange ports, List<Listener> listeners, Scope scope, List<Service> services, Optional<String> delicate) {
        private static final Comparator<Door> WORST_FIRST = Comparator.comparing((Door d) -> !d.isDangerous())
                .thenComparing(Door::scope)
                .thenComparing(Door::ports);

        public Door {
            listeners = List.copyOf(listeners);
            services = List.copyOf(services);
        }

        public boolean isDangerous() {
            return scope == Scope.ANY && delicate.isPresent();
        }
    }

    /** Ports of a service without a reachable listener. */
    public record Idle(Service service, PortRange ports) {}

    /** @param enforced whether the kernel drops what the policy does not admit */
    public static Exposure of(Policy policy, boolean enforced, Collection<? extends Listener> listeners) {
        return of(policy, enforced, listeners, Map.of());
    }

    /** @param steering the configured control ports of programs, with a description */
    public static Exposure of(
            Policy policy,
            boolean enforced,
            Collection<? extends Listener> listeners,
            Map<PortRange, String> steering) {
        return of(policy, enforced, listeners, steering, entrance -> true);
    }

    /** @param isPublic whether a service takes packets from the Internet */
    public static Exposure of(
            Policy policy,
            boolean enforced,
            Collection<? extends Listener> listeners,
            Map<PortRange, String> steering,
            Predicate<Entrance> isPublic) {
        var judge = new Judge(policy, enforced, steering, isPublic);
        var byPorts = new TreeMap<PortRange, List<Listener>>();
        listeners.forEach(
                l -> byPorts.computeIfAbsent(l.ports(), p -> new ArrayList<>()).add(l));
        var doors = byPorts.entrySet().stream()
                .map(e -> judge.door(e.getKey(), e.getValue()))
                .sorted(Door.WORST_FIRST)
                .toList();
        return new Exposure(doors, idle(policy, doors));
    }

    /** Only protocols with sockets or port translations: the kernel itself serves ESP, GRE and similar ones. */
    private static List<Idle> idle(Policy policy, List<Door> doors) {
        var reachable = doors.stream().filter(d -> d.scope() != Scope.LOCAL).toList();
        return policy.enabledServices().stream()
                .flatMap(s -> s.ports().stream().map(p -> new Idle(s, p)))
                .filter(i -> LISTED.contains(i.ports().protocol()))
                .filter(i -> reachable.stream().noneMatch(d -> d.ports().overlaps(i.ports())))
                .toList();
    }

    /** The number of doors of each scope. */
    public Map<Scope, Long> count() {
        return doors.stream().collect(Collectors.groupingBy(Door::scope, Collectors.counting()));
    }

    /** Judges one door after the other, and computes only once what a service admits. */
    private static final class Judge {
        private final Policy policy;
        private final boolean enforced;
        private final Predicate<Entrance> isPublic;
        private final Map<PortRange, String> steering;
        private final AddressSet denied;
        private final Map<String, Reach> reaches = new HashMap<>();

        Judge(Policy policy, boolean enforced, Map<PortRange, String> steering, Predicate<Entrance> isPublic) {
            this.isPublic = isPublic;
            this.steering = steering;
            this.policy = policy;
            this.enforced = enforced;
            this.denied = policy.deny().addresses(policy.groups());
        }

        Door door(PortRange ports, List<Listener> listeners) {
            var services = policy.enabledServices().stream()
                    .filter(s -> s.ports().stream().anyMatch(ports::overlaps))
                    .toList();
            var delicate = Optional.ofNullable(steering.get(ports))
                    .or(() -> listeners.stream()
                            .flatMap(l -> Delicate.name(l).stream())
                            .findFirst());
            return new Door(ports, listeners, scope(listeners, services), services, delicate);
        }

        private Scope scope(List<Listener> listeners, List<Service> services) {
            var open = listeners.stream().filter(l -> !l.isLocal()).toList();
            if (open.isEmpty()) {
                return Scope.LOCAL;
            }
            if (!enforced) {
                return Scope.ANY;
            }
            return open.stream()
                    .flatMap(l -> services.stream().flatMap(s -> families(l, s).map(reach(s).byFamily()::get)))
                    .min(Comparator.naturalOrder())
                    .orElse(Scope.NOBODY);
        }

        /** The address families in which the listener and the service overlap. */
        private static Stream<Family> families(Listener listener, Service service) {
            var to = service.entrance().to();
            return families(listener).stream()
                    .filter(family -> to.isEmpty() || !to.only(family).isEmpty())
                    .filter(family -> to.isEmpty() || isAt(listener, to));
        }

        private static boolean isAt(Listener listener, AddressSet to) {
            var bound = switch (listener) {
                case Listener.Socket socket -> AddressRange.of(socket.address());
                case Listener.Published published -> published.address();
            };
            var all = AddressSet.of(bound);
            return bound.first().isUnspecified() || !to.minus(all).equals(to);
        }

        /** A socket bound to :: usually takes IPv4 too, and the kernel does not show if it does not. */
        private static Set<Family> families(Listener listener) {
            return switch (listener) {
                case Listener.Socket(var ports, var address, var program) ->
                    address.isUnspecified() && address.family() == Family.V6
                            ? EnumSet.allOf(Family.class)
                            : EnumSet.of(address.family());
                case Listener.Published published ->
                    EnumSet.of(published.address().family());
            };
        }

        private Reach reach(Service service) {
            return reaches.computeIfAbsent(service.name(), name -> {
                var admitted = service.from().addresses(policy.groups());
                var byFamily = new TreeMap<Family, Scope>();
                for (var family : Family.values()) {
                    var scope = scope(admitted.only(family));
                    byFamily.put(family, scope == Scope.ANY && !isPublic.test(service.entrance()) ? Scope.SOME : scope);
                }
                return new Reach(byFamily);
            });
        }

        private Scope scope(AddressSet admitted) {
            if (admitted.isEverything()) {
                return Scope.ANY;
            }
            return admitted.minus(denied).isEmpty() ? Scope.NOBODY : Scope.SOME;
        }

        private record Reach(Map<Family, Scope> byFamily) {}
    }
}
