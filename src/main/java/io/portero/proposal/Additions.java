package io.portero.proposal;

import io.portero.exposure.Listener;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Service;
import io.portero.proposal.Addition.Extended;
import io.portero.proposal.Addition.Member;
import io.portero.proposal.Finding.Kind;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Groups refused packets of regular users by port, and the users by address. */
final class Additions {
    private static final int NETWORK = 64;
    /** From this number on, addresses of one IPv6 network count as one host with temporary addresses (RFC 8981). */
    private static final int SAME_HOST = 3;

    private static final Comparator<Door> ORDER = Comparator.comparing(
                    (Door d) -> d.service().isEmpty())
            .thenComparing(d -> d.ports().getFirst());

    private final Policy policy;
    private final Doors doors;
    private final List<ConfiguredPorts> voice;
    private final ServiceNaming services;
    private final ServiceNaming groups;
    private final Map<List<String>, String> made = new HashMap<>();

    Additions(Policy policy, List<Listener> listeners, List<Installation> voice) {
        this.policy = policy;
        this.doors = new Doors(listeners, voice);
        this.voice = voice.stream()
                .filter(Installation::running)
                .flatMap(i -> i.ports().stream())
                .toList();
        this.services = new ServiceNaming(new TreeSet<>(policy.services().keySet()));
        this.groups = new ServiceNaming(new TreeSet<>(policy.groups().keySet()));
    }

    /**
     * A refused service.
     *
     * @param name the name of a new service
     */
    private record Door(List<PortRange> ports, String name, Optional<Service> service) {}

    List<Addition> of(List<Finding> findings) {
        var byDoor = new LinkedHashMap<Door, List<Finding>>();
        findings.stream()
                .filter(f -> f.is(Kind.REGULAR) || f.is(Kind.PROBABLE_SCAN))
                .sorted(Comparator.comparing(f -> f.refused().port()))
                .forEach(f -> byDoor.computeIfAbsent(door(f.refused().port()), d -> new ArrayList<>())
                        .add(f));
        byDoor.values().removeIf(all -> all.stream().noneMatch(f -> f.is(Kind.REGULAR)));
        return merged(byDoor).entrySet().stream()
                .sorted(Map.Entry.comparingByKey(ORDER)) // the first that has a group gives it its name
                .map(e -> addition(e.getKey(), e.getValue()))
                .toList();
    }

    private Door door(PortRange port) {
        var all = policy.services().values();
        var service = all.stream()
                .filter(s -> s.offers(port))
                .findFirst()
                .or(() -> all.stream()
                        .filter(s -> s.ports().stream().anyMatch(p -> p.contains(port)))
                        .findFirst());
        if (service.isPresent()) {
            return new Door(service.get().ports(), service.get().name() + "-more", service);
        }
        return voice.stream()
                .filter(v -> v.ports().contains(port))
                .findFirst()
                .map(v -> new Door(List.of(v.ports()), v.use() == Use.MEDIA ? "rtp" : word(v.use()), service))
                .orElseGet(() -> new Door(List.of(port), program(port), service));
    }

    private static String word(Use use) {
        return switch (use) {
            case SIP -> "sip";
            case WEBSOCKET -> "websocket";
            case MEDIA -> "rtp";
            case TURN -> "turn";
            case TUNNEL -> "tunnel";
            case CONTROL -> "control";
        };
    }

    private String program(PortRange port) {
        if (!port.protocol().hasPorts()) {
            return port.protocol().word();
        }
        return doors.open().stream()
                .filter(d -> d.ports().overlaps(port))
                .flatMap(Doors::programs)
                .findFirst()
                .orElse("port-" + port.first());
    }

    /** Ports of one program that the same sources want are one service. */
    private static Map<Door, List<Finding>> merged(Map<Door, List<Finding>> byDoor) {
        var alike = new LinkedHashMap<List<Object>, Map.Entry<Door, List<Finding>>>();
        byDoor.forEach((door, findings) -> {
            var key = List.of(door.name(), door.service(), regularSources(findings));
            alike.merge(key, Map.entry(door, findings), (a, b) -> {
                var ports = Stream.concat(a.getKey().ports().stream(), b.getKey().ports().stream())
                        .toList();
                var all = Stream.concat(a.getValue().stream(), b.getValue().stream())
                        .toList();
                return Map.entry(new Door(PortRange.canonical(ports), door.name(), door.service()), all);
            });
        });
        return alike.values().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    }

    private static TreeSet<Ip> regularSources(List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.is(Kind.REGULAR))
                .map(f -> f.refused().source())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Addition addition(Door door, List<Finding> findings) {
        var regular = findings.stream().filter(f -> f.is(Kind.REGULAR)).toList();
        var known = knownGroup(regularSources(regular));
        var members = known.isPresent() ? List.<Member>of() : members(regular);
        var name = services.unique(door.name());
        var group = known.orElseGet(() -> made.computeIfAbsent(
                members.stream().map(Member::word).toList(), m -> groups.unique(stem(door, name) + "-sources")));
        var extended = door.service()
                .map(s ->
                        new Extended(s.name(), s.enabled(), List.copyOf(s.from().groups())));
        var scans = findings.stream().filter(f -> f.is(Kind.PROBABLE_SCAN)).toList();
        boolean management = door.service().filter(Service::management).isPresent();
        return new Addition(name, door.ports(), management, extended, group, members, regular, scans);
    }

    private static String stem(Door door, String name) {
        return door.service().map(Service::name).orElse(name);
    }

    private Optional<String> knownGroup(TreeSet<Ip> sources) {
        return policy.groups().values().stream()
                .filter(g -> sources.stream().allMatch(g.addresses()::contains))
                .map(g -> g.name())
                .findFirst();
    }

    private static List<Member> members(List<Finding> regular) {
        var byAddress = new TreeMap<Ip, List<Refused>>();
        regular.forEach(f -> byAddress
                .computeIfAbsent(f.refused().source(), s -> new ArrayList<>())
                .add(f.refused()));
        var byNetwork = byAddress.keySet().stream()
                .filter(ip -> ip.family() == Family.V6 && ip.isPublic())
                .collect(Collectors.groupingBy(ip -> AddressRange.network(ip, NETWORK)));
        byNetwork.values().removeIf(hosts -> hosts.size() < SAME_HOST);
        var members = new TreeMap<AddressRange, List<Refused>>();
        byAddress.forEach((ip, refused) -> {
            var network = ip.family() == Family.V6 ? AddressRange.network(ip, NETWORK) : AddressRange.of(ip);
            members.computeIfAbsent(
                            byNetwork.containsKey(network) ? network : AddressRange.of(ip), r -> new ArrayList<>())
                    .addAll(refused);
        });
        return members.entrySet().stream()
                .map(e -> member(e.getKey(), e.getValue()))
                .toList();
    }

    private static Member member(AddressRange range, List<Refused> refused) {
        return new Member(
                range.toString(),
                (int) refused.stream().map(Refused::source).distinct().count(),
                refused.stream().mapToLong(Refused::packets).sum(),
                refused.stream().mapToLong(r -> r.ago().toSeconds()).min().orElse(0));
    }
}
