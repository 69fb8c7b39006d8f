package io.portero.revocation;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Outgoing;
import io.portero.policy.Policy;
import io.portero.policy.Revocation;
import io.portero.safety.HostView;
import java.time.Clock;
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
 * Cuts the flows that this host started to addresses that have lost access, and counts draining flows.
 *
 * <p>An address is revoked for an hour, and longer while connection tracking holds such a flow; new flows that this
 * host starts later are allowed. An entry that another program removes early is restored. A flow stays alive as long as
 * either side sends, so no fixed time is enough; the hour covers the case that no agent runs.
 */
public final class Revoker {
    /** The number of addresses that are revoked as a precaution if flows are not visible. */
    private static final int MOST_UNSEEN = 1000;

    private final Firewall firewall;
    private final HostView host;
    private final Clock clock;
    private final RevocationListener listener;
    private final Revoked revoked;
    private final Drains drains = new Drains();
    /** Whether the kernel was asked for earlier entries. */
    private boolean drainsKnown;

    /** The addresses of the last change: a flow may have started while the change was made. */
    private Optional<Revocation> fresh = Optional.empty();
    /** Whether there may be flows that drain. */
    private boolean mayDrain = true;

    private Map<String, Integer> draining = Map.of();

    public Revoker(Firewall firewall, HostView host, Clock clock, RevocationListener listener) {
        this.firewall = firewall;
        this.host = host;
        this.clock = clock;
        this.listener = listener;
        this.revoked = new Revoked(clock);
    }

    /** The changes that fill sets after they were created again. */
    public List<TimedChange> refill(Set<String> sets) {
        var changes = new ArrayList<>(revoked.refill(sets));
        changes.addAll(drains.refill(sets, clock.instant()));
        return changes;
    }

    /**
     * The effect of a change of policy on flows.
     *
     * @param cut the addresses to revoke
     * @param returned the revoked addresses that are admitted again
     * @param early changes that must be in force before the policy, so that no draining flow loses a packet
     * @param drains the draining sources afterwards
     */
    public record Consequence(
            Collection<Ip> cut,
            Collection<Ip> returned,
            Revocation revocation,
            List<TimedChange> early,
            Drains drains) {
        public List<TimedChange> steps() {
            return Revoked.steps(cut, returned);
        }
    }

    /** The changes for the transaction that puts the policy in force. */
    public Consequence of(Policy before, Policy after) {
        var revocation = new Revocation(before, after);
        var gained = revoked.isEmpty() ? AddressSet.EMPTY : revocation.gained();
        var returned = revoked.in(gained);
        var lost = revocation.lostToDrain();
        if (!lost.isEmpty() && !drainsKnown) {
            learnDrains(before);
        }
        var now = clock.instant();
        var next = drains.with(lost, after, now);
        return new Consequence(cut(revocation, next), returned, revocation, next.fill(lost.keySet(), now), next);
    }

    /** The entries that another agent, or a single apply, has added to the sets that are about to be refilled. */
    private void learnDrains(Policy policy) {
        if (firewall.read() instanceof Reading.Of<Snapshot>(Snapshot table)) {
            drains.learn(table, policy, clock.instant());
            drainsKnown = true;
        }
    }

    private Collection<Ip> cut(Revocation revocation, Drains next) {
        var lost = revocation.lostToCut();
        return lost.isEmpty()
                ? List.of()
                : host.outgoing(lost::contains)
                        .<Collection<Ip>>map(flows -> revocation.cut(flows, next))
                        .orElseGet(() -> singles(lost));
    }

    /** If the flows are unknown, there may be one with each address. */
    private static List<Ip> singles(AddressSet lost) {
        return lost.ranges().stream()
                .filter(r -> r.first().equals(r.last()))
                .map(AddressRange::first)
                .limit(MOST_UNSEEN)
                .toList();
    }

    /** To be called when the policy is in force. */
    public void done(Consequence consequence, Policy after) {
        host.forget(); // flows that started since the last reading
        revoked.add(consequence.cut());
        revoked.remove(consequence.returned());
        fresh = Optional.of(consequence.revocation()).filter(r -> !r.lostToCut().isEmpty());
        tellOf(consequence.cut(), consequence.returned());
        drains.become(consequence.drains(), after);
        if (!consequence.revocation().lostToDrain().isEmpty()) {
            mayDrain = true;
            countDraining(after);
        }
    }

    private void tellOf(Collection<Ip> cut, Collection<Ip> returned) {
        if (!cut.isEmpty() || !returned.isEmpty()) {
            listener.cut(List.copyOf(cut), List.copyOf(returned));
        }
    }

    /** To be called when another program changed members of the sets with timeouts. */
    public void changed(Policy policy) {
        if (!revoked.isEmpty()) {
            var found = new ArrayList<TimedMember>();
            for (var family : Family.values()) {
                if (!(firewall.members(Revoked.set(family)) instanceof Reading.Of<List<TimedMember>>(var members))) {
                    return; // the next look reports why
                }
                found.addAll(members);
            }
            lookAfter(policy, revoked.learn(found));
        }
    }

    /** To be called when the table was looked at. */
    public void seen(Snapshot table, Policy policy) {
        var found = new ArrayList<TimedMember>();
        for (var family : Family.values()) {
            Optional.ofNullable(table.sets().get(Revoked.set(family))).ifPresent(set -> found.addAll(set.timed()));
        }
        var lacking = drains.learn(table, policy, clock.instant());
        drainsKnown = true;
        if (!lacking.isEmpty()) {
            firewall.commit(drains.fill(lacking, clock.instant()));
        }
        lookAfter(policy, revoked.learn(found));
        endDrains(policy);
        if (mayDrain) {
            countDraining(policy);
        }
    }

    /** Flows that this host itself started to them would live on by their answers. */
    private void endDrains(Policy policy) {
        var over = new TreeSet<Ip>();
        drains.takeOver(clock.instant())
                .forEach((name, addresses) -> Optional.ofNullable(
                                policy.services().get(name))
                        .ifPresent(service -> host.outgoing(addresses::contains)
                                .ifPresent(flows ->
                                        over.addAll(Revocation.over(policy, service, addresses, flows, drains)))));
        over.removeIf(revoked::contains);
        if (!over.isEmpty() && firewall.commit(Revoked.steps(over, List.of())).isEmpty()) {
            revoked.add(over);
            tellOf(over, List.of());
        }
    }

    private void lookAfter(Policy policy, Collection<Ip> missing) {
        var lost = fresh.map(Revocation::lostToCut).orElse(AddressSet.EMPTY);
        if (revoked.isEmpty() && lost.isEmpty()) {
            return;
        }
        var flows = host.outgoing(a -> revoked.contains(a) || lost.contains(a));
        if (flows.isEmpty()) {
            putBack(missing);
            return;
        }
        var late = fresh.map(f -> new TreeSet<>(f.cut(flows.get(), drains))).orElse(new TreeSet<>());
        late.removeIf(revoked::contains);
        var needed = flows.get().stream()
                .filter(f -> !Revocation.isLetIn(policy, f, drains))
                .map(Outgoing::to)
                .collect(Collectors.toSet());
        var renewed = revoked.endingSoon();
        renewed.retainAll(needed);
        var over = revoked.without(needed);
        var put = new TreeSet<>(late);
        put.addAll(renewed);
        missing.stream().filter(needed::contains).forEach(put::add);
        if (put.isEmpty() && over.isEmpty()
                || firewall.commit(Revoked.steps(put, over)).isEmpty()) {
            revoked.add(put);
            revoked.remove(over);
            fresh = Optional.empty();
            tellOf(late, List.of());
        }
    }

    /** If flows are not visible, all entries may still be needed. */
    private void putBack(Collection<Ip> missing) {
        if (!missing.isEmpty()
                && firewall.commit(Revoked.steps(missing, List.of())).isEmpty()) {
            revoked.add(missing);
        }
    }

    private void countDraining(Policy policy) {
        var counts = new TreeMap<String, Integer>();
        for (var flow : host.flows()) {
            Revocation.drainingAt(policy, flow, drains).ifPresent(s -> counts.merge(s.name(), 1, Integer::sum));
        }
        mayDrain = !counts.isEmpty();
        if (!counts.equals(draining)) {
            draining = Map.copyOf(counts);
            listener.draining(draining);
        }
    }
}
