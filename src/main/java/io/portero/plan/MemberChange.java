package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The way of one set from its members to others.
 *
 * <p>It may take two steps: grow to all that are in the old or the new members, and shrink later. So no address that is in
 * both is missing at any time, even while rules move on to other sets.
 *
 * @param single whether the set holds addresses one by one, and not ranges
 */
record MemberChange(String set, boolean single, AddressSet before, AddressSet after) {
    /**
     * So many steps from member to member nft may take: 1.3 s at nft 1.0.6, which walks through all ranges of a set for each
     * one that is taken out (0.13 s each at 100,000 members). Filling the set anew costs 0.7 s then, and loses no packet:
     * none of 14 million in 60 refills of up to 100,000 members on kernel 6.18.
     */
    private static final long WALKS = 1_000_000;

    /**
     * Within one transaction sets change one after the other, those of lanes among them. Who is refused from now on by a lane
     * is so before anybody is let in; sets that grow come before sets that shrink, so that an address that moves from one to the
     * other is in both for a moment; who is refused no longer is so after everybody has been taken out.
     *
     * <p>What refuses behind what admits, as for packets that leave, is the other way round: who is admitted from now on is so before
     * he is refused there.
     *
     * @param lanes whether a set is asked before any port, and refuses
     * @param refusals whether a set is asked behind those that admit, and refuses
     */
    static List<MemberChange> inLosslessOrder(
            Collection<MemberChange> changes, Predicate<String> lanes, Predicate<String> refusals) {
        record Ranked(int rank, MemberChange change) {}
        return changes.stream()
                .map(change -> new Ranked(change.rank(lanes.test(change.set()), refusals.test(change.set())), change))
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(Ranked::change)
                .toList();
    }

    private int rank(boolean lane, boolean refusal) {
        if (lane) {
            return grows() ? 0 : 6;
        }
        if (refusal) {
            return grows() ? 2 : 3;
        }
        return !shrinks() ? 1 : grows() ? 4 : 5;
    }

    boolean isOne() {
        return !before.equals(after);
    }

    boolean grows() {
        return !before.containsAll(after);
    }

    boolean shrinks() {
        return !after.containsAll(before);
    }

    /** From the old members to the new ones; nothing when they are the same. */
    Optional<Step> wholly() {
        return step(before, after);
    }

    /** From the old members to all that are in the old or the new ones. */
    Optional<Step> growing() {
        return step(before, before.union(after));
    }

    /** From there to the new ones. */
    Optional<Step> shrinking() {
        return step(before.union(after), after);
    }

    private Optional<Step> step(AddressSet from, AddressSet to) {
        if (from.equals(to)) {
            return Optional.empty();
        }
        if (single) {
            return Optional.of(
                    new Step.ChangeMembers(set, oneByOne(from.minus(to)), oneByOne(to.minus(from)), Optional.empty()));
        }
        var remove = missing(from, to);
        boolean slow = (long) remove.size() * from.ranges().size() > WALKS;
        return Optional.of(new Step.ChangeMembers(
                set, remove, missing(to, from), slow ? Optional.of(to.ranges()) : Optional.empty()));
    }

    private static List<AddressRange> missing(AddressSet from, AddressSet in) {
        return from.rangesNotOf(in);
    }

    private static List<AddressRange> oneByOne(AddressSet addresses) {
        return addresses.ranges().stream()
                .flatMap(AddressRange::addresses)
                .map(AddressRange::of)
                .toList();
    }
}
