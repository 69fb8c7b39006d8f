package io.portero.guests;

import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** All guests, in the order of services and addresses. */
public record GuestList(List<Guest> all) {
    static final GuestList EMPTY = new GuestList(List.of());

    /** Tolerance: the kernel lists whole seconds, and time passes between two looks. */
    private static final Duration TOLERANCE = Duration.ofSeconds(3);

    public GuestList {
        all = all.stream().sorted(Guest.ORDER).toList();
    }

    /** Each new guest replaces the one that its owner had for this address and service. */
    GuestList with(Guest guest) {
        var next = new ArrayList<>(all);
        next.removeIf(guest::isSameAs);
        next.add(guest);
        return new GuestList(next);
    }

    GuestList without(Predicate<Guest> gone) {
        return new GuestList(all.stream().filter(gone.negate()).toList());
    }

    /** The guests whose time is not over. */
    public GuestList lasting(Instant now) {
        return without(g -> g.isOver(now));
    }

    GuestList over(Instant now) {
        return without(g -> !g.isOver(now));
    }

    Optional<Instant> nextEnd() {
        return all.stream().map(Guest::until).min(Comparator.naturalOrder());
    }

    SortedSet<String> services() {
        return all.stream().map(Guest::service).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The guest that admits the address to the service for the longest time. */
    public Optional<Guest> admitting(String service, Ip address) {
        return all.stream()
                .filter(g -> g.service().equals(service) && g.what().contains(address))
                .min(Guest.LONGEST_FIRST);
    }

    /** Whether the address is a guest of any service. */
    public boolean names(Ip address) {
        return all.stream().anyMatch(g -> g.what().contains(address));
    }

    /**
     * The members that a kernel set should hold. Members of an interval set must not overlap, so where guests overlap
     * the longest one wins.
     */
    List<TimedMember> members(String set, Instant now) {
        var members = new ArrayList<TimedMember>();
        var taken = AddressSet.EMPTY;
        for (var guest : all.stream().sorted(Guest.LONGEST_FIRST).toList()) {
            if (!guest.isOver(now)
                    && Guest.set(guest.service(), guest.what().family()).equals(set)) {
                var part = AddressSet.of(guest.what()).minus(taken);
                part.ranges().forEach(range -> members.add(guest.member(range, now)));
                taken = taken.union(part);
            }
        }
        members.sort((a, b) -> a.range().compareTo(b.range()));
        return members;
    }

    /** Makes the sets of these services hold exactly these guests. */
    List<TimedChange> refill(Collection<String> services, Instant now) {
        var changes = new ArrayList<TimedChange>();
        for (var service : services) {
            for (var family : Family.values()) {
                var set = Guest.set(service, family);
                changes.add(new TimedChange.Refill(set, members(set, now)));
            }
        }
        return changes;
    }

    /** Fills those of these sets that should hold guests; all of these sets are empty before. */
    public List<TimedChange> fill(Collection<String> sets, Instant now) {
        return sets.stream()
                .filter(Guest::isSet)
                .sorted()
                .<TimedChange>map(set -> new TimedChange.Refill(set, members(set, now)))
                .filter(change -> change.size() > 0)
                .toList();
    }

    /** Whether a kernel set holds what it should, as far as its listing tells. */
    boolean isHeld(String set, List<TimedMember> held, Instant now) {
        var wanted = lastingLong(members(set, now));
        var found = new ArrayList<>(lastingLong(held));
        found.sort((a, b) -> a.range().compareTo(b.range()));
        if (wanted.size() != found.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!wanted.get(i).range().equals(found.get(i).range()) || !endTogether(wanted.get(i), found.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** A guest that is about to end is not worth a change. */
    private static List<TimedMember> lastingLong(List<TimedMember> members) {
        return members.stream()
                .filter(m -> m.left().filter(l -> l.compareTo(TOLERANCE) <= 0).isEmpty())
                .toList();
    }

    private static boolean endTogether(TimedMember a, TimedMember b) {
        return a.left().isPresent()
                && b.left().isPresent()
                && a.left().get().minus(b.left().get()).abs().compareTo(TOLERANCE) <= 0;
    }
}
