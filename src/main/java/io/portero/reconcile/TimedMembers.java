package io.portero.reconcile;

import io.portero.bans.BanKeeper;
import io.portero.bans.TimedSets;
import io.portero.plan.Snapshot;
import io.portero.policy.Policy;
import java.util.Set;

/** Looks after the members of sets with timeouts: what is banned and what is revoked. */
final class TimedMembers {
    private final TimedSets sets;
    private final BanKeeper bans;
    private final Revoker revoker;

    TimedMembers(TimedSets sets, BanKeeper bans, Revoker revoker) {
        this.sets = sets;
        this.bans = bans;
        this.revoker = revoker;
    }

    /** These sets were made anew and are empty. */
    void refill(Set<String> names) {
        sets.change(revoker.refill(names));
        bans.refill(names);
    }

    /** The agent has started, and this policy is in force. */
    void started(Policy policy) {
        bans.settle(policy);
    }

    /** The table was looked at and found as it should be. */
    void seen(Snapshot table, Policy policy) {
        bans.seen(table, policy);
        revoker.seen(table, policy);
    }

    /** Somebody else changed members of those sets. */
    void changed(Policy policy) {
        bans.settle(policy);
        revoker.changed(policy);
    }
}
