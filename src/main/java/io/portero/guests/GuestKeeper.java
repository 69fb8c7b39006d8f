package io.portero.guests;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.TimedSets;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Keeps the kernel's sets of guests equal to the remembered guests, and carries out the orders of commands.
 *
 * <p>Belongs to the thread that changes the firewall. The sets hold guests and nothing else: members that another
 * program adds are removed. The kernel ends a guest by a timeout; this class only reports it.
 */
public final class GuestKeeper {
    private final Firewall firewall;
    private final TimedSets sets;
    private final GuestMemory memory;
    private final Function<AddressRange, Optional<String>> bans;
    private final Clock clock;
    private final Listener listener;
    private GuestList told = GuestList.EMPTY;

    /** @param bans tells who bans a part of a range and for how long, as a clause */
    public GuestKeeper(
            Firewall firewall,
            TimedSets sets,
            GuestMemory memory,
            Function<AddressRange, Optional<String>> bans,
            Clock clock,
            Listener listener) {
        this.firewall = firewall;
        this.sets = sets;
        this.memory = memory;
        this.bans = bans;
        this.clock = clock;
        this.listener = listener;
    }

    /** Listens to changes of guests. */
    @FunctionalInterface
    public interface Listener {
        /** @param all the guests whose time is not over */
        void changed(GuestChanges changes, List<Guest> all);
    }

    /** Carries out an order; the answer says what is in force. */
    public GuestReport order(GuestOrder order, Policy policy) {
        var now = clock.instant();
        var done = new GuestWork(policy, bans, now).on(memory.read(), order);
        if (done.report().failure().isPresent()) {
            return done.report();
        }
        var touched = new TreeSet<>(new GuestList(done.report().guests()).services());
        touched.retainAll(GuestWork.services(policy));
        var changes = done.next().refill(touched, now);
        var failed = changes.isEmpty()
                ? Optional.<String>empty()
                : firewall.commit(changes).map(f -> f.sentence());
        if (failed.isPresent() && order instanceof GuestOrder.Allow) {
            return GuestReport.failed(failed.get());
        }
        memory.keep(done.next());
        tell(GuestChanges.NOTHING);
        return failed.map(why -> GuestReport.failed(why + "; the agent ends the access as soon as nft works again"))
                .orElse(done.report());
    }

    /** To be called after sets were created again and are empty. */
    public void refill(Set<String> names) {
        sets.change(memory.read().fill(names, clock.instant()));
    }

    /** To be called when the agent has started: a command may have changed the kernel's sets while no agent ran. */
    public void started(Policy policy) {
        var found = new TreeMap<String, List<TimedMember>>();
        var known = memory.read().services();
        GuestWork.services(policy).stream().filter(known::contains).forEach(service -> read(names(service), found));
        settle(found);
        tell(GuestChanges.NOTHING);
    }

    /** To be called after a pass that has read the table. */
    public void seen(Snapshot table, Policy policy) {
        var found = new TreeMap<String, List<TimedMember>>();
        for (var service : GuestWork.services(policy)) {
            for (var name : names(service)) {
                Optional.ofNullable(table.sets().get(name)).ifPresent(set -> found.put(name, set.timed()));
            }
        }
        settle(found);
        memory.keep(memory.read()); // retries a write that failed before
    }

    /** To be called when somebody else changed members of these sets. */
    public void changed(Collection<String> names) {
        var found = new TreeMap<String, List<TimedMember>>();
        read(names.stream().filter(Guest::isSet).toList(), found);
        settle(found);
    }

    private static List<String> names(String service) {
        return List.of(Guest.set(service, Family.V4), Guest.set(service, Family.V6));
    }

    /** If a set cannot be read, the next look tries again and reports why. */
    private void read(Collection<String> names, Map<String, List<TimedMember>> found) {
        for (var name : names) {
            if (firewall.members(name) instanceof Reading.Of<List<TimedMember>>(var members)) {
                found.put(name, members);
            }
        }
    }

    private void settle(Map<String, List<TimedMember>> found) {
        var now = clock.instant();
        var guests = memory.read().lasting(now);
        var changes = new ArrayList<TimedChange>();
        var restored = new ArrayList<AddressRange>();
        var strangers = new ArrayList<AddressRange>();
        found.forEach((name, held) -> {
            if (!guests.isHeld(name, held, now)) {
                var wanted = guests.members(name, now);
                changes.add(new TimedChange.Refill(name, wanted));
                restored.addAll(without(wanted, held));
                strangers.addAll(without(held, wanted));
            }
        });
        if (!changes.isEmpty() && sets.change(changes)) {
            tell(new GuestChanges(List.of(), restored, strangers));
        }
    }

    private static List<AddressRange> without(List<TimedMember> some, List<TimedMember> others) {
        var ranges = others.stream().map(TimedMember::range).toList();
        return some.stream()
                .map(TimedMember::range)
                .filter(r -> !ranges.contains(r))
                .toList();
    }

    /** To be called when the time of a guest is over; the kernel has removed it already. */
    public void expired() {
        var now = clock.instant();
        var over = memory.read().over(now);
        if (!over.all().isEmpty()) {
            memory.keep(memory.read().lasting(now));
            tell(new GuestChanges(over.all(), List.of(), List.of()));
        }
    }

    public Optional<Instant> nextExpiry() {
        return memory.read().nextEnd();
    }

    /** Whether the address is a guest of any service. */
    public boolean isGuest(Ip address) {
        return memory.read().lasting(clock.instant()).names(address);
    }

    private void tell(GuestChanges changes) {
        var lasting = memory.read().lasting(clock.instant());
        if (!changes.isNothing() || !lasting.equals(told)) {
            told = lasting;
            listener.changed(changes, lasting.all());
        }
    }
}
