package io.portero.revocation;

import io.portero.compile.NamedSet;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Remembers the revoked addresses and their end; the kernel holds the same in sets with timeouts. Belongs to one
 * thread.
 */
final class Revoked {
    private static final Duration LASTING = Duration.ofHours(1);
    /** Entries with less time left are renewed if they are still needed. */
    private static final Duration SHORT = LASTING.dividedBy(2);
    /** The kernel's clock and ours may differ by that much about the end of an entry. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private static final String NOTE = "left the policy";

    private final Clock clock;
    private final Map<Ip, Instant> until = new TreeMap<>();

    Revoked(Clock clock) {
        this.clock = clock;
    }

    static String set(Family family) {
        return NamedSet.REVOKED + "_" + family.suffix();
    }

    boolean isEmpty() {
        return until.isEmpty();
    }

    boolean contains(Ip address) {
        return until.containsKey(address);
    }

    /** The revoked addresses among these. */
    List<Ip> in(AddressSet addresses) {
        return until.keySet().stream().filter(addresses::contains).toList();
    }

    /** The entries that are about to expire. */
    Set<Ip> endingSoon() {
        var soon = clock.instant().plus(SHORT);
        return until.entrySet().stream()
                .filter(e -> e.getValue().isBefore(soon))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Set<Ip> without(Collection<Ip> others) {
        var rest = new TreeSet<>(until.keySet());
        rest.removeAll(others);
        return rest;
    }

    void add(Collection<Ip> addresses) {
        var end = clock.instant().plus(LASTING);
        addresses.forEach(a -> until.put(a, end));
    }

    void remove(Collection<Ip> addresses) {
        until.keySet().removeAll(addresses);
    }

    /** The changes that fill these sets after they were created again. */
    List<TimedChange> refill(Set<String> sets) {
        return TimedChange.puts(sets, this::members);
    }

    private List<TimedMember> members(String set) {
        var now = clock.instant();
        return until.entrySet().stream()
                .filter(e ->
                        e.getValue().isAfter(now) && set(e.getKey().family()).equals(set))
                .map(e -> member(e.getKey(), Duration.between(now, e.getValue())))
                .toList();
    }

    /** Takes over the kernel's entries with their remaining time; returns those that another program has removed. */
    Set<Ip> learn(List<TimedMember> found) {
        var now = clock.instant();
        until.values().removeIf(end -> !end.isAfter(now.plus(TOLERANCE)));
        var missing = new TreeSet<>(until.keySet());
        for (var member : found) {
            if (member.note().equals(NOTE)) {
                until.put(member.address(), now.plus(member.left().orElse(LASTING)));
            }
            missing.remove(member.address());
        }
        return missing;
    }

    /** The changes of the kernel's sets that revoke some and release others. */
    static List<TimedChange> steps(Collection<Ip> put, Collection<Ip> take) {
        var steps = new ArrayList<TimedChange>();
        for (var family : Family.values()) {
            var members = put.stream()
                    .filter(a -> a.family() == family)
                    .map(a -> member(a, LASTING))
                    .toList();
            if (!members.isEmpty()) {
                steps.add(new TimedChange.Put(set(family), members));
            }
            var taken = take.stream().filter(a -> a.family() == family).toList();
            if (!taken.isEmpty()) {
                steps.add(new TimedChange.Take(set(family), taken));
            }
        }
        return steps;
    }

    private static TimedMember member(Ip address, Duration left) {
        return new TimedMember(address, Optional.of(left), NOTE);
    }
}
