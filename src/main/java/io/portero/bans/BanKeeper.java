package io.portero.bans;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.plan.Snapshot;
import io.portero.plan.Step;
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

/**
 * Keeps the bans of the kernel and those that are remembered the same.
 *
 * <p>Costs two runs of nft when something has changed, which a look at the table tells for nothing.
 */
public final class BanKeeper {
    /** A command that bans holds the lock for as long as nft runs; the firewall does not wait for more than that. */
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final Firewall firewall;
    private final BanMemory memory;
    private final BanGuard guard;
    private final Clock clock;
    private final Listener listener;
    private Optional<String> said = Optional.empty();
    private Optional<Set<Ip>> told = Optional.empty();

    public BanKeeper(Firewall firewall, BanMemory memory, BanGuard guard, Clock clock, Listener listener) {
        this.firewall = firewall;
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
        if (!isTold(actual) || !BanSettlement.isSettled(memory.read(), actual, now)) {
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

    private Map<Ip, Ban> settled(BanMemory.Remembered known, Policy policy) {
        var actual = new TreeMap<Ip, Ban>();
        var now = clock.instant();
        for (var family : Family.values()) {
            if (!(firewall.members(Ban.set(family)) instanceof Reading.Of<List<TimedMember>>(var members))) {
                return known.bans(); // the next look tells why
            }
            put(actual, members, now);
        }
        var settlement = BanSettlement.of(known, actual, now, address -> guard.objection(address, policy));
        var changes = settlement.changes();
        var steps = steps(changes.restored(), changes.undone().keySet(), now);
        if (!steps.isEmpty() && firewall.commit(steps).isPresent()) {
            return known.bans(); // and the next look tries again
        }
        if (!isTold(settlement.next()) || !changes.isNothing()) {
            told = Optional.of(Set.copyOf(settlement.next().keySet()));
            listener.changed(changes, settlement.next().values().stream().toList());
        }
        return settlement.next();
    }

    private boolean isTold(Map<Ip, Ban> bans) {
        return told.filter(bans.keySet()::equals).isPresent();
    }

    private static void put(Map<Ip, Ban> bans, List<TimedMember> members, Instant now) {
        members.forEach(m -> bans.put(m.address(), Ban.found(m, now)));
    }

    private static List<Step> steps(Collection<Ban> put, Collection<Ip> take, Instant now) {
        var steps = new ArrayList<Step>();
        for (var family : Family.values()) {
            var putHere =
                    put.stream().filter(b -> b.address().family() == family).toList();
            if (!putHere.isEmpty()) {
                steps.add(new Step.PutTimed(
                        Ban.set(family),
                        putHere.stream().map(b -> b.member(now)).toList()));
            }
            var takeHere = take.stream().filter(a -> a.family() == family).toList();
            if (!takeHere.isEmpty()) {
                steps.add(new Step.TakeTimed(Ban.set(family), takeHere));
            }
        }
        return steps;
    }
}
