package io.portero.reconcile;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
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
import java.util.function.Consumer;

/**
 * Cuts the flows that this host started towards addresses that have lost access, and counts those that drain.
 *
 * <p>An address is revoked for an hour, for as long as any such flow is left in connection tracking longer, and no longer
 * than that: what this host starts anew afterwards is its own business. What somebody else takes out before is put back. Flows are kept alive by either side that goes on
 * sending, so no fixed time would do; the hour is for an agent that is not there to look.
 */
final class Revoker {
    private static final Duration LASTING = Duration.ofHours(1);
    /** What has less than that left and is still needed is renewed. */
    private static final Duration SHORT = LASTING.dividedBy(2);
    /** The kernel's clock and ours may differ by that much about the end of an entry. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);
    /** So many are revoked on suspicion where flows cannot be seen. */
    private static final int MOST_UNSEEN = 1000;

    private static final String NOTE = "left the policy";

    private final Firewall firewall;
    private final HostView host;
    private final Clock clock;
    private final Consumer<Event> tell;
    private final Map<Ip, Instant> revoked = new TreeMap<>();
    private final Drains drains = new Drains();
    /** Whether the kernel was asked for those that were begun before. */
    private boolean drainsKnown;

    /** What was lost by the latest change: a flow may have been started while it was on its way. */
    private Optional<Revocation> fresh = Optional.empty();
    /** Whether there may be flows that drain. */
    private boolean mayDrain = true;

    private Map<String, Integer> draining = Map.of();

    Revoker(Firewall firewall, HostView host, Clock clock, Consumer<Event> tell) {
        this.firewall = firewall;
        this.host = host;
        this.clock = clock;
        this.tell = tell;
    }

    /** What fills sets that were made anew. */
    List<TimedChange> refill(Set<String> sets) {
        var changes = new ArrayList<>(TimedChange.puts(sets, this::members));
        changes.addAll(drains.refill(sets, clock.instant()));
        return changes;
    }

    private List<TimedMember> members(String set) {
        var now = clock.instant();
        return revoked.entrySet().stream()
                .filter(e ->
                        e.getValue().isAfter(now) && set(e.getKey().family()).equals(set))
                .map(e -> member(e.getKey(), Duration.between(now, e.getValue())))
                .toList();
    }

    private static String set(Family family) {
        return NamedSet.REVOKED + "_" + family.suffix();
    }

    private static TimedMember member(Ip address, Duration left) {
        return new TimedMember(address, Optional.of(left), NOTE);
    }

    /**
     * What a change of policy means for flows.
     *
     * @param cut who is revoked
     * @param returned who was revoked and is admitted again
     * @param early what must be in force before the policy is, so that no flow that may go on loses a packet
     * @param drains who drains then
     */
    record Consequence(
            Collection<Ip> cut,
            Collection<Ip> returned,
            Revocation revocation,
            List<TimedChange> early,
            Drains drains) {
        List<TimedChange> steps() {
            return Revoker.steps(cut, returned);
        }
    }

    /** To be carried out in the transaction that puts the policy in force. */
    Consequence of(Policy before, Policy after) {
        var revocation = new Revocation(before, after);
        var gained = revoked.isEmpty() ? AddressSet.EMPTY : revocation.gained();
        var returned = revoked.keySet().stream().filter(gained::contains).toList();
        var lost = revocation.lostToDrain();
        if (!lost.isEmpty() && !drainsKnown) {
            learnDrains(before);
        }
        var now = clock.instant();
        var next = drains.with(lost, after, now);
        return new Consequence(cut(revocation, next), returned, revocation, next.fill(lost.keySet(), now), next);
    }

    /** What another agent, or a single apply, has put into the sets that are about to be filled anew. */
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

    /** Where nobody says which flows there are, there may be one with each. */
    private static List<Ip> singles(AddressSet lost) {
        return lost.ranges().stream()
                .filter(r -> r.first().equals(r.last()))
                .map(AddressRange::first)
                .limit(MOST_UNSEEN)
                .toList();
    }

    /** To be called when the policy is in force. */
    void done(Consequence consequence, Policy after) {
        host.forget(); // flows that were started since the last reading
        revoke(consequence.cut());
        revoked.keySet().removeAll(consequence.returned());
        fresh = Optional.of(consequence.revocation()).filter(r -> !r.lostToCut().isEmpty());
        tellOf(consequence.cut(), consequence.returned());
        drains.become(consequence.drains(), after);
        if (!consequence.revocation().lostToDrain().isEmpty()) {
            mayDrain = true;
            countDraining(after);
        }
    }

    private void revoke(Collection<Ip> addresses) {
        var until = clock.instant().plus(LASTING);
        addresses.forEach(a -> revoked.put(a, until));
    }

    private void tellOf(Collection<Ip> cut, Collection<Ip> returned) {
        if (!cut.isEmpty() || !returned.isEmpty()) {
            tell.accept(new Event.FlowsCut(List.copyOf(cut), List.copyOf(returned)));
        }
    }

    /** To be called when somebody else changed members of the sets with timeouts. */
    void changed(Policy policy) {
        if (!revoked.isEmpty()) {
            var found = new ArrayList<TimedMember>();
            for (var family : Family.values()) {
                if (!(firewall.members(set(family)) instanceof Reading.Of<List<TimedMember>>(var members))) {
                    return; // the next look tells why
                }
                found.addAll(members);
            }
            lookAfter(policy, learn(found));
        }
    }

    /** To be called when the table was looked at. */
    void seen(Snapshot table, Policy policy) {
        var found = new ArrayList<TimedMember>();
        for (var family : Family.values()) {
            Optional.ofNullable(table.sets().get(set(family))).ifPresent(set -> found.addAll(set.timed()));
        }
        var lacking = drains.learn(table, policy, clock.instant());
        drainsKnown = true;
        if (!lacking.isEmpty()) {
            firewall.commit(drains.fill(lacking, clock.instant()));
        }
        lookAfter(policy, learn(found));
        endDrains(policy);
        if (mayDrain) {
            countDraining(policy);
        }
    }

    /** What this host itself started towards them would live on by its answers. */
    private void endDrains(Policy policy) {
        var over = new TreeSet<Ip>();
        drains.takeOver(clock.instant())
                .forEach((name, addresses) -> Optional.ofNullable(
                                policy.services().get(name))
                        .ifPresent(service -> host.outgoing(addresses::contains)
                                .ifPresent(flows ->
                                        over.addAll(Revocation.over(policy, service, addresses, flows, drains)))));
        over.removeAll(revoked.keySet());
        if (!over.isEmpty() && firewall.commit(steps(over, List.of())).isEmpty()) {
            revoke(over);
            tellOf(over, List.of());
        }
    }

    /** Those that somebody else has taken out; what is in the kernel lasts as long as the kernel says. */
    private Collection<Ip> learn(List<TimedMember> found) {
        var now = clock.instant();
        revoked.values().removeIf(until -> !until.isAfter(now.plus(TOLERANCE)));
        var missing = new TreeSet<>(revoked.keySet());
        for (var member : found) {
            if (member.note().equals(NOTE)) {
                revoked.put(member.address(), now.plus(member.left().orElse(LASTING)));
            }
            missing.remove(member.address());
        }
        return missing;
    }

    private void lookAfter(Policy policy, Collection<Ip> missing) {
        var lost = fresh.map(Revocation::lostToCut).orElse(AddressSet.EMPTY);
        if (revoked.isEmpty() && lost.isEmpty()) {
            return;
        }
        var flows = host.outgoing(a -> revoked.containsKey(a) || lost.contains(a));
        if (flows.isEmpty()) {
            putBack(missing);
            return;
        }
        var late = fresh.map(f -> new TreeSet<>(f.cut(flows.get(), drains))).orElse(new TreeSet<>());
        late.removeAll(revoked.keySet());
        var needed = flows.get().stream()
                .filter(f -> !Revocation.isLetIn(policy, f, drains))
                .map(Outgoing::to)
                .toList();
        var soon = clock.instant().plus(SHORT);
        var renewed = revoked.entrySet().stream()
                .filter(e -> needed.contains(e.getKey()) && e.getValue().isBefore(soon))
                .map(Map.Entry::getKey)
                .toList();
        var over = revoked.keySet().stream().filter(a -> !needed.contains(a)).toList();
        var put = new TreeSet<>(late);
        put.addAll(renewed);
        missing.stream().filter(needed::contains).forEach(put::add);
        if (put.isEmpty() && over.isEmpty() || firewall.commit(steps(put, over)).isEmpty()) {
            revoke(put);
            revoked.keySet().removeAll(over);
            fresh = Optional.empty();
            tellOf(late, List.of());
        }
    }

    /** Where flows cannot be seen, all of them may still be needed. */
    private void putBack(Collection<Ip> missing) {
        if (!missing.isEmpty() && firewall.commit(steps(missing, List.of())).isEmpty()) {
            revoke(missing);
        }
    }

    private static List<TimedChange> steps(Collection<Ip> put, Collection<Ip> take) {
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

    private void countDraining(Policy policy) {
        var counts = new TreeMap<String, Integer>();
        for (var flow : host.flows()) {
            Revocation.drainingAt(policy, flow, drains).ifPresent(s -> counts.merge(s.name(), 1, Integer::sum));
        }
        mayDrain = !counts.isEmpty();
        if (!counts.equals(draining)) {
            draining = Map.copyOf(counts);
            tell.accept(new Event.Draining(draining));
        }
    }
}
