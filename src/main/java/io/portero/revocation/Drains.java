package io.portero.revocation;

import io.portero.compile.ServiceNames;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.Revocation;
import io.portero.policy.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Remembers the sources that were removed from a draining service, and until when their flows may continue.
 *
 * <p>The kernel holds the same with timeouts and ends it by itself. This memory is needed to refill sets that were
 * created again with the remaining time, and to know which drains are over. Belongs to one thread.
 */
final class Drains implements Revocation.Draining {
    /** The kernel's clock and ours may differ by that much about the end of an entry. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);
    /** The number of removals of one service that are kept apart; earlier ones end with the first of these. */
    private static final int MOST_REMOVALS = 64;
    /**
     * The limit of networks in an interval set, for which nft needs 0.2 s. More networks are covered by larger ones,
     * which is safe: a source that was never admitted has no flow that could continue.
     */
    private static final int MOST_NETWORKS = 4096;

    private static final List<Integer> COARSER_V4 = List.of(24, 20, 16, 12, 8, 0);
    private static final List<Integer> COARSER_V6 = List.of(64, 56, 48, 40, 32, 0);

    private final SortedMap<String, SortedMap<Instant, AddressSet>> running = new TreeMap<>();

    /** Whether the address drains at the service, as far as it is known. */
    @Override
    public boolean at(Service service, Ip address) {
        return running.getOrDefault(service.name(), new TreeMap<>()).values().stream()
                .anyMatch(addresses -> addresses.contains(address));
    }

    /** The state after these sources have lost access. */
    Drains with(Map<String, AddressSet> lost, Policy after, Instant now) {
        var next = new Drains();
        running.forEach((service, removals) -> next.running.put(service, new TreeMap<>(removals)));
        lost.forEach((name, addresses) -> Optional.ofNullable(after.services().get(name))
                .flatMap(service -> service.onRevoke().drain())
                .ifPresent(atMost -> next.add(name, addresses, now.plus(atMost))));
        return next;
    }

    private void add(String service, AddressSet addresses, Instant until) {
        var removals = running.computeIfAbsent(service, s -> new TreeMap<>());
        removals.replaceAll((end, others) -> others.minus(addresses));
        removals.values().removeIf(AddressSet::isEmpty);
        removals.merge(until, addresses, AddressSet::union);
        while (removals.size() > MOST_REMOVALS) {
            var first = removals.pollFirstEntry();
            var second = removals.pollFirstEntry();
            removals.put(first.getKey(), first.getValue().union(second.getValue()));
        }
    }

    /** Takes over a computed state, for the services that still drain. */
    void become(Drains next, Policy policy) {
        running.clear();
        next.running.forEach((name, removals) -> Optional.ofNullable(
                        policy.services().get(name))
                .filter(service -> service.enabled() && service.onRevoke().drains())
                .ifPresent(service -> running.put(name, removals)));
    }

    /** Removes the drains that are over, and returns them by service. */
    Map<String, AddressSet> takeOver(Instant now) {
        var over = new TreeMap<String, AddressSet>();
        running.forEach((service, removals) -> {
            while (!removals.isEmpty() && !removals.firstKey().isAfter(now)) {
                over.merge(service, removals.pollFirstEntry().getValue(), AddressSet::union);
            }
        });
        running.values().removeIf(Map::isEmpty);
        return over;
    }

    /** The changes that make the sets of these services equal to this memory. */
    List<TimedChange> fill(Iterable<String> services, Instant now) {
        var changes = new ArrayList<TimedChange>();
        for (var service : services) {
            for (var family : Family.values()) {
                changes.add(new TimedChange.Refill(hosts(service, family), members(hosts(service, family), now)));
                changes.add(new TimedChange.Refill(networks(service, family), members(networks(service, family), now)));
            }
        }
        return changes;
    }

    /** The changes that fill those of these sets that are created again. */
    List<TimedChange> refill(Iterable<String> sets, Instant now) {
        var changes = new ArrayList<TimedChange>();
        for (var set : sets) {
            var members = members(set, now);
            if (!members.isEmpty()) {
                changes.add(new TimedChange.Refill(set, members));
            }
        }
        return changes;
    }

    private List<TimedMember> members(String set, Instant now) {
        var members = new ArrayList<TimedMember>();
        running.forEach((service, removals) -> {
            for (var family : Family.values()) {
                if (set.equals(hosts(service, family))) {
                    removals.forEach((until, addresses) -> addresses.only(family).hosts().ranges().stream()
                            .flatMap(AddressRange::addresses)
                            .forEach(a -> members.add(member(AddressRange.of(a), now, until))));
                } else if (set.equals(networks(service, family))) {
                    members.addAll(networks(removals, family, now));
                }
            }
        });
        return members;
    }

    /** Intervals of one set must not overlap. */
    private static List<TimedMember> networks(SortedMap<Instant, AddressSet> removals, Family family, Instant now) {
        var members = new ArrayList<TimedMember>();
        var taken = AddressSet.EMPTY;
        for (var removal : removals.entrySet()) {
            var addresses = removal.getValue().only(family);
            var networks = coarse(addresses.minus(addresses.hosts()), family).minus(taken);
            taken = taken.union(networks);
            networks.ranges().forEach(r -> members.add(member(r, now, removal.getKey())));
        }
        return members;
    }

    private static AddressSet coarse(AddressSet networks, Family family) {
        var coarser = switch (family) {
            case V4 -> COARSER_V4;
            case V6 -> COARSER_V6;
        };
        var covered = networks;
        for (int prefix : coarser) {
            if (covered.rangeCount() <= MOST_NETWORKS) {
                break;
            }
            covered = AddressSet.of(covered.ranges().stream()
                    .map(r -> new AddressRange(
                            AddressRange.network(r.first(), prefix).first(),
                            AddressRange.network(r.last(), prefix).last()))
                    .toList());
        }
        return covered;
    }

    private static TimedMember member(AddressRange range, Instant now, Instant until) {
        return new TimedMember(range, Optional.of(Duration.between(now, until)), "");
    }

    private static String hosts(String service, Family family) {
        return new ServiceNames(service).drainingHosts() + "_" + family.suffix();
    }

    private static String networks(String service, Family family) {
        return new ServiceNames(service).draining() + "_" + family.suffix();
    }

    /**
     * Learns from the kernel what a previous agent has added.
     *
     * @return the services whose sets lack remembered members
     */
    List<String> learn(Snapshot table, Policy policy, Instant now) {
        var lacking = new ArrayList<String>();
        for (var service : policy.enabledServices()) {
            if (!service.onRevoke().drains()) {
                continue;
            }
            var found = found(table, service.name());
            var known = running.getOrDefault(service.name(), new TreeMap<>());
            var all = known.values().stream().reduce(AddressSet.EMPTY, AddressSet::union);
            var there = AddressSet.of(found.stream().map(TimedMember::range).toList());
            if (!there.minus(all).isEmpty()) {
                found.stream()
                        .collect(Collectors.groupingBy(
                                m -> end(m, now), Collectors.mapping(TimedMember::range, Collectors.toList())))
                        .forEach((end, ranges) -> {
                            var news = AddressSet.of(ranges).minus(all);
                            if (!news.isEmpty()) {
                                add(service.name(), news, end);
                            }
                        });
            }
            boolean lacks = known.entrySet().stream()
                    .filter(e -> e.getKey().isAfter(now.plus(TOLERANCE)))
                    .anyMatch(e -> !e.getValue().minus(there).isEmpty());
            if (lacks) {
                lacking.add(service.name());
            }
        }
        return lacking;
    }

    private static Instant end(TimedMember member, Instant now) {
        return now.plus(member.left().orElse(Duration.ZERO));
    }

    private static List<TimedMember> found(Snapshot table, String service) {
        var found = new ArrayList<TimedMember>();
        for (var family : Family.values()) {
            for (var name : List.of(hosts(service, family), networks(service, family))) {
                Optional.ofNullable(table.sets().get(name)).ifPresent(set -> found.addAll(set.timed()));
            }
        }
        return found;
    }
}
