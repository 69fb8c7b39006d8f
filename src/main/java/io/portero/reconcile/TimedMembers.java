package io.portero.reconcile;

import io.portero.bans.BanKeeper;
import io.portero.bans.TimedSets;
import io.portero.guests.GuestKeeper;
import io.portero.plan.Snapshot;
import io.portero.policy.Policy;
import io.portero.revocation.Revoker;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Maintains the members of sets with timeouts: bans, guests and revoked addresses. */
final class TimedMembers {
    private final TimedSets sets;
    private final BanKeeper bans;
    private final GuestKeeper guests;
    private final Revoker revoker;

    TimedMembers(TimedSets sets, BanKeeper bans, GuestKeeper guests, Revoker revoker) {
        this.sets = sets;
        this.bans = bans;
        this.guests = guests;
        this.revoker = revoker;
    }

    /** Handles sets that were created again and are empty. */
    void refill(Set<String> names) {
        sets.change(revoker.refill(names));
        bans.refill(names);
        guests.refill(names);
    }

    /** The agent has started, and this policy is in force. */
    void started(Policy policy) {
        bans.settle(policy);
        guests.started(policy);
    }

    /** The table was read and is as it should be. */
    void seen(Snapshot table, Policy policy) {
        bans.seen(table, policy);
        guests.seen(table, policy);
        revoker.seen(table, policy);
    }

    /** Another program changed members of these sets. */
    void changed(Set<String> sets, Policy policy) {
        bans.settle(policy);
        guests.changed(sets);
        revoker.changed(policy);
    }

    /** A member may have expired; the kernel has removed it already. */
    void expired() {
        guests.expired();
    }

    Optional<Instant> nextExpiry() {
        return guests.nextExpiry();
    }
}
