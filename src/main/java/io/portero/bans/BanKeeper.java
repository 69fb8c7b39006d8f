package io.portero.bans;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.BanMemory.Remembered;
import io.portero.bans.BanSettlement.Actual;
import io.portero.bans.BanSettlement.Settled;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keeps the bans in the kernel and the stored bans equal, and executes commands.
 *
 * <p>Belongs to the thread that changes the firewall. Costs a few nft commands when something has changed; a check of
 * the table shows that at no extra cost.
 */
public final class BanKeeper {
    private final Firewall firewall;
    private final TimedSets sets;
    private final BanMemory memory;
    private final BanGuard guard;
    private final Clock clock;
    private final Listener listener;
    private Optional<List<Ban>> told = Optional.empty();
    /** Whether a set was created again and does not hold all its members yet. */
    private boolean owing;
    /** The bans that the kernel made by itself, as of the last look. */
    private List<Ban> limited = List.of();

    public BanKeeper(
            Firewall firewall, TimedSets sets, BanMemory memory, BanGuard guard, Clock clock, Listener listener) {
        this.firewall = firewall;
        this.sets = sets;
        this.memory = memory;
        this.guard = guard;
        this.clock = clock;
        this.listener = listener;
    }

    /** Listens to changes of bans. */
    @FunctionalInterface
    public interface Listener {
        /** @param all the bans in force, of each address and network the longest */
        void changed(BanChanges changes, List<Ban> all);
    }

    /** Carries out an order. */
    public BanReport order(BanOrder order, Policy policy) {
        var known = memory.read();
        var work = new BanWork(firewall, guard.under(policy)::objection, memory::isOverLately, clock.instant(), true);
        var done = work.on(known, order);
        memory.keep(done.next());
        tell(BanChanges.NOTHING, inForce(done.next().bans(), List.of(), clock.instant()));
        return done.report();
    }

    /** Who bans the first of these addresses the longest, and until when, as a clause. */
    public Optional<String> clause(AddressRange what) {
        var now = clock.instant();
        var bans = memory.read().bans();
        return (limited.isEmpty() ? bans : bans.with(limited))
                .covering(what.first()).stream()
                        .filter(b -> !b.isOver(now))
                        .findFirst()
                        .map(Ban::clause);
    }

    /** To be called after sets were created again and are empty. */
    public void refill(Set<String> names) {
        owing |= !sets.change(memory.fill(names));
    }

    /** To be called after a pass that has read the table. */
    public void seen(Snapshot table, Policy policy) {
        var hosts = new ArrayList<TimedMember>();
        var networks = new TreeMap<Family, List<TimedMember>>();
        for (var family : Family.values()) {
            hosts.addAll(members(table, Ban.hosts(family)));
            networks.put(family, members(table, Ban.networks(family)));
        }
        var known = memory.read();
        var now = clock.instant();
        limited = LimitBans.of(table, now);
        boolean isTold = told.filter(inForce(known.bans(), hosts, now)::equals).isPresent();
        if (owing || !isTold || !BanSettlement.isSettled(possible(known, now), new Actual(hosts, networks), now)) {
            settle(policy);
        } else {
            memory.keep(known); // retries a write that failed before
        }
    }

    private static List<TimedMember> members(Snapshot table, String name) {
        var set = table.sets().get(name);
        return set == null ? List.of() : set.timed();
    }

    /** To be called when bans have changed, or may have. */
    public void settle(Policy policy) {
        actual().ifPresent(actual -> settle(actual, policy)); // otherwise the next look reports why
    }

    private Optional<Actual> actual() {
        var hosts = new ArrayList<TimedMember>();
        var networks = new TreeMap<Family, List<TimedMember>>();
        for (var family : Family.values()) {
            if (!(firewall.members(Ban.hosts(family)) instanceof Reading.Of<List<TimedMember>>(var single))
                    || !(firewall.members(Ban.networks(family)) instanceof Reading.Of<List<TimedMember>>(var wide))) {
                return Optional.empty();
            }
            hosts.addAll(single);
            networks.put(family, wide);
        }
        return Optional.of(new Actual(hosts, networks));
    }

    private void settle(Actual actual, Policy policy) {
        var known = memory.read();
        var now = clock.instant();
        var settled = BanSettlement.of(possible(known, now), actual, now, guard.under(policy)::objection);
        if (!sets.change(changes(settled, actual, now))) {
            return; // and the next look tries again
        }
        owing = false;
        var next = withRefused(settled.next(), known.bans(), now);
        memory.keep(Remembered.inForce(next));
        var inForce = inForce(next, actual.hosts(), now);
        tell(settled.changes().restoring(inForce), inForce);
    }

    private void tell(BanChanges changes, List<Ban> inForce) {
        if (told.filter(inForce::equals).isEmpty() || !changes.isNothing()) {
            told = Optional.of(inForce);
            listener.changed(changes, inForce);
        }
    }

    /** The stored bans that can be in force; a set that was created again must get all of them. */
    private Remembered possible(Remembered known, Instant now) {
        return new Remembered(
                sets.refusesNothing() ? known.bans() : known.bans().without(b -> isRefused(b, now)),
                known.lifted(),
                known.rebooted() || owing);
    }

    private boolean isRefused(Ban ban, Instant now) {
        return ban.isHost() && sets.refuses(ban.member(now));
    }

    /** Another nft or kernel may accept what this one refuses. */
    private BanList withRefused(BanList next, BanList known, Instant now) {
        return sets.refusesNothing()
                ? next
                : next.with(known.all()
                        .filter(b -> isRefused(b, now) && next.of(b.what()).isEmpty())
                        .toList());
    }

    private List<Ban> inForce(BanList bans, List<TimedMember> actual, Instant now) {
        var all = limited.isEmpty() ? bans : bans.with(limited);
        if (sets.refusesNothing()) {
            return all.longest();
        }
        var held = Set.copyOf(actual.stream().map(TimedMember::range).toList());
        return all.longest().stream()
                .filter(b -> held.contains(b.what()) || !isRefused(b, now))
                .toList();
    }

    private static List<TimedChange> changes(Settled settled, Actual actual, Instant now) {
        var changes = new ArrayList<TimedChange>();
        var held = new HashSet<AddressRange>();
        actual.hosts().forEach(m -> held.add(m.range()));
        for (var family : Family.values()) {
            var put = settled.put().stream()
                    .filter(b -> b.what().family() == family)
                    .map(b -> b.member(now))
                    .collect(Collectors.partitioningBy(m -> !held.contains(m.range())));
            put.forEach((areNew, members) -> {
                if (!members.isEmpty()) {
                    changes.add(new TimedChange.Put(Ban.hosts(family), members, areNew));
                }
            });
            List<Ip> take = settled.take().stream()
                    .filter(what -> what.family() == family)
                    .map(what -> what.first())
                    .toList();
            if (!take.isEmpty()) {
                changes.add(new TimedChange.Take(Ban.hosts(family), take));
            }
            if (settled.refill().contains(family)) {
                changes.add(new TimedChange.Refill(
                        Ban.networks(family),
                        Pieces.of(settled.next().longestNetworks(family)).members(now)));
            }
        }
        return changes;
    }
}
