package io.portero.bans;

import io.portero.bans.BanMemory.Remembered;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Compares the stored bans with those in the kernel, and says what to change.
 *
 * <p>Only Portero lifts a ban that was made through Portero. Other bans belong to the program that made them: if one
 * is gone, it was lifted; but if all bans of a family are gone at once, and there was more than one, the set was
 * flushed, and they are restored. Sets of networks hold only what Portero put there.
 */
final class BanSettlement {
    private final Remembered known;
    private final Instant now;
    private final Function<AddressRange, Optional<String>> objection;

    private final TreeMap<AddressRange, Ban> actual = new TreeMap<>();
    private final Map<Family, List<TimedMember>> networks = new TreeMap<>();

    private final List<Ban> adopted = new ArrayList<>();
    private final List<Ban> forgotten = new ArrayList<>();
    private final List<Ban> made = new ArrayList<>();
    private final List<Ban> lifted = new ArrayList<>();
    private final List<Ban> restored = new ArrayList<>();
    private final TreeMap<AddressRange, String> undone = new TreeMap<>();

    /** @param objection tells why a target should not be banned, if there is a reason */
    private BanSettlement(
            Remembered known, Instant now, Function<AddressRange, Optional<String>> objection, Actual found) {
        this.known = known;
        this.now = now;
        this.objection = objection;
        found.hosts().forEach(m -> actual.put(m.range(), Ban.found(m, now)));
        this.networks.putAll(found.networks());
    }

    /** What the kernel's sets hold. */
    record Actual(List<TimedMember> hosts, Map<Family, List<TimedMember>> networks) {}

    /**
     * The changes to make.
     *
     * @param put the bans whose members of the kernel's sets must be added or updated
     * @param take the addresses to remove from the sets of single addresses
     */
    record Settled(BanList next, BanChanges changes, List<Ban> put, List<AddressRange> take, List<Family> refill) {
        boolean isNothing() {
            return changes.isNothing() && put.isEmpty() && take.isEmpty() && refill.isEmpty();
        }
    }

    static Settled of(
            Remembered known, Actual actual, Instant now, Function<AddressRange, Optional<String>> objection) {
        return new BanSettlement(known, now, objection, actual).settle();
    }

    /** Whether there is nothing to settle; needs no question to the guard. */
    static boolean isSettled(Remembered known, Actual actual, Instant now) {
        return !known.rebooted()
                && known.lifted().isEmpty()
                && of(known, actual, now, what -> Optional.empty()).isNothing();
    }

    private Settled settle() {
        actual.values().forEach(this::seen);
        missing();
        Stream.of(Family.values()).forEach(this::seenNetworks);
        var next = (forgotten.isEmpty() ? known.bans() : known.bans().without(Set.copyOf(forgotten)::contains))
                .with(adopted);
        var put = new ArrayList<Ban>();
        next.longestHosts().stream().filter(b -> !isHeld(b)).forEach(put::add);
        var refill = Stream.of(Family.values()).filter(f -> !isHeld(next, f)).toList();
        for (var family : refill) {
            var held = AddressSet.of(
                    networks(family).stream().map(TimedMember::range).toList());
            next.longestNetworks(family).stream()
                    .filter(b -> !held.contains(b.what().first()))
                    .forEach(restored::add);
        }
        var take =
                actual.keySet().stream().filter(what -> next.of(what).isEmpty()).toList();
        return new Settled(next, new BanChanges(made, lifted, restored, undone), put, take, refill);
    }

    private void seen(Ban ban) {
        var owners = known.bans().of(ban.what());
        if (known.lifted().contains(ban.what()) && owners.isEmpty()) {
            lifted.add(ban);
        } else if (owners.isEmpty() || !Pieces.isSame(owners.getFirst(), ban)) {
            adopt(ban, owners.isEmpty());
        }
    }

    private void adopt(Ban ban, boolean unheardOf) {
        var why = unheardOf && !ban.forced() ? objection.apply(ban.what()) : Optional.<String>empty();
        if (why.isPresent()) {
            undone.put(ban.what(), why.get());
        } else {
            adopted.add(ban);
            made.add(ban);
        }
    }

    private boolean isHeld(Ban ban) {
        var held = actual.get(ban.what());
        return held == null ? isEnding(ban) : Pieces.isSame(ban, held);
    }

    /** A ban that is about to end is not worth a change. */
    private boolean isEnding(Ban ban) {
        return ban.isOver(now.plus(Pieces.TOLERANCE));
    }

    private void missing() {
        var missing = known.bans().longestHosts().stream()
                .filter(b -> !actual.containsKey(b.what()))
                .toList();
        var lasting = missing.stream().filter(b -> !isEnding(b)).toList();
        var flushed = flushed(lasting);
        for (var ban : missing) {
            boolean back = known.rebooted() || flushed.contains(ban.what().family());
            var gone = known.bans().of(ban.what()).stream()
                    .filter(b -> isEnding(b) || b.isOthers() && !back)
                    .toList();
            forgotten.addAll(gone);
            gone.stream().filter(b -> !isEnding(b)).forEach(lifted::add);
            known.bans().of(ban.what()).stream()
                    .filter(b -> !gone.contains(b))
                    .findFirst()
                    .ifPresent(restored::add);
        }
    }

    private List<Family> flushed(List<Ban> missing) {
        return Stream.of(Family.values())
                .filter(f -> count(f, actual.keySet()) == 0
                        && count(f, missing.stream().map(Ban::what).toList()) > 1)
                .toList();
    }

    private static long count(Family family, Collection<AddressRange> all) {
        return all.stream().filter(what -> what.family() == family).count();
    }

    /** Pieces without a stored ban: after a loss of the state directory they are the only source. */
    private void seenNetworks(Family family) {
        if (networks(family).isEmpty()) {
            return;
        }
        var heardOf = AddressSet.of(Stream.concat(
                        known.bans().longestNetworks(family).stream().map(Ban::what),
                        known.lifted().stream().filter(what -> what.family() == family))
                .toList());
        networks(family).stream()
                .map(m -> Ban.found(m, now))
                .filter(b -> !heardOf.contains(b.what().first())
                        && !heardOf.contains(b.what().last()))
                .forEach(this::adoptNetwork);
    }

    private void adoptNetwork(Ban ban) {
        if (ban.isOthers()) {
            undone.put(
                    ban.what(),
                    "another program put " + ban.what() + " into " + ban.set()
                            + ", which only Portero may change; ban networks with portero ban");
        } else if (!isEnding(ban)) {
            adopt(ban, true);
        }
    }

    private List<TimedMember> networks(Family family) {
        return networks.getOrDefault(family, List.of());
    }

    private boolean isHeld(BanList next, Family family) {
        return Pieces.of(next.longestNetworks(family)).isHeld(networks(family), now);
    }
}
