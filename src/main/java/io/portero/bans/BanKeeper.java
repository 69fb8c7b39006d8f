package io.portero.bans;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
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
 * Keeps the bans of the kernel and those that are remembered the same.
 *
 * <p>Costs two runs of nft when something has changed, which a look at the table tells for nothing.
 */
public final class BanKeeper {
    /** A command that bans holds the lock for as long as nft runs; the firewall does not wait for more than that. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final Firewall firewall;
    private final TimedSets sets;
    private final BanMemory memory;
    private final BanGuard guard;
    private final Clock clock;
    private final Listener listener;
    private Optional<String> said = Optional.empty();
    private Optional<Set<Ip>> told = Optional.empty();
    /** Whether a set was made anew and does not hold all that it should yet. */
    private boolean owing;

    public BanKeeper(
            Firewall firewall, TimedSets sets, BanMemory memory, BanGuard guard, Clock clock, Listener listener) {
        this.firewall = firewall;
        this.sets = sets;
        this.memory = memory;
        this.guard = guard;
        this.clock = clock;
        this.listener = listener;
    }

    /** Is told what becomes of bans. */
    public interface Listener {
        /** @param all those that are in force */
        void changed(BanChanges changes, List<Ban> all);

        /** @param why one sentence */
        void notKept(String why);
    }

    /** To be called when sets were made anew, and are empty. */
    public void refill(Set<String> names) {
        owing |= !sets.change(TimedChange.puts(names, memory::members));
    }

    /** To be called when the table was looked at anyhow. */
    public void seen(Snapshot table, Policy policy) {
        var actual = new TreeMap<Ip, Ban>();
        var now = clock.instant();
        for (var family : Family.values()) {
            var set = table.sets().get(Ban.set(family));
            if (set != null) {
                put(actual, set.timed(), now);
            }
        }
        if (owing || !isTold(actual.keySet()) || !BanSettlement.isSettled(possible(memory.read(), now), actual, now)) {
            settle(policy);
        }
    }

    /** To be called when bans have changed, or may have. */
    public void settle(Policy policy) {
        var failed = memory.change(PATIENCE, known -> settled(known, policy));
        if (failed.isPresent() && !failed.equals(said)) {
            listener.notKept(failed.get());
        }
        said = failed;
    }

    private BanMemory.Remembered settled(BanMemory.Remembered known, Policy policy) {
        var actual = new TreeMap<Ip, Ban>();
        var now = clock.instant();
        for (var family : Family.values()) {
            if (!(firewall.members(Ban.set(family)) instanceof Reading.Of<List<TimedMember>>(var members))) {
                return known; // the next look tells why
            }
            put(actual, members, now);
        }
        var settlement = BanSettlement.of(possible(known, now), actual, now, guard.under(policy)::objection);
        var wanted = settlement.changes();
        if (!sets.change(changes(wanted.restored(), taken(wanted, actual), now))) {
            return known; // and the next look tries again
        }
        owing = false;
        var inForce = settlement.next().values().stream()
                .filter(b -> actual.containsKey(b.address()) || !isRefused(b, now))
                .toList();
        var changes = wanted.restoring(inForce);
        var addresses = inForce.stream().map(Ban::address).collect(Collectors.toSet());
        if (!isTold(addresses) || !changes.isNothing()) {
            told = Optional.of(addresses);
            listener.changed(changes, inForce);
        }
        return withRefused(settlement.next(), known, now);
    }

    private static Set<Ip> taken(BanChanges changes, Map<Ip, Ban> actual) {
        var taken = new TreeSet<>(changes.undone().keySet());
        changes.lifted().stream().map(Ban::address).filter(actual::containsKey).forEach(taken::add);
        return taken;
    }

    /** What is remembered and can be in force; all of it must be when a set was made anew. */
    private BanMemory.Remembered possible(BanMemory.Remembered known, Instant now) {
        var bans = new TreeMap<>(known.bans());
        bans.values().removeIf(b -> isRefused(b, now));
        return new BanMemory.Remembered(bans, known.lifted(), known.rebooted() || owing);
    }

    private boolean isRefused(Ban ban, Instant now) {
        return sets.refuses(ban.member(now));
    }

    /** Another nft, or another kernel, may take what this one refuses. */
    private BanMemory.Remembered withRefused(Map<Ip, Ban> next, BanMemory.Remembered known, Instant now) {
        var all = new TreeMap<>(next);
        known.bans().values().stream().filter(b -> isRefused(b, now)).forEach(b -> all.putIfAbsent(b.address(), b));
        return BanMemory.Remembered.inForce(all);
    }

    private boolean isTold(Set<Ip> addresses) {
        return told.filter(addresses::equals).isPresent();
    }

    private static void put(Map<Ip, Ban> bans, List<TimedMember> members, Instant now) {
        members.forEach(m -> bans.put(m.address(), Ban.found(m, now)));
    }

    private static List<TimedChange> changes(Collection<Ban> put, Collection<Ip> take, Instant now) {
        var changes = new ArrayList<TimedChange>();
        for (var family : Family.values()) {
            var putHere =
                    put.stream().filter(b -> b.address().family() == family).toList();
            if (!putHere.isEmpty()) {
                changes.add(new TimedChange.Put(
                        Ban.set(family),
                        putHere.stream().map(b -> b.member(now)).toList()));
            }
            var takeHere = take.stream().filter(a -> a.family() == family).toList();
            if (!takeHere.isEmpty()) {
                changes.add(new TimedChange.Take(Ban.set(family), takeHere));
            }
        }
        return changes;
    }
}
