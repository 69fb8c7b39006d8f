package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The change of one set from its old members to its new ones.
 *
 * <p>It may take two steps: first grow to the union of old and new members, later shrink. So an address that is in both
 * is never missing, even while rules switch to other sets.
 *
 * @param single whether the set holds single addresses, not ranges
 */
record MemberChange(String set, boolean single, AddressSet before, AddressSet after) {
    /**
     * The limit of steps for nft. It takes 1.3 s with nft 1.0.6, which walks through all ranges of a set for each
     * deleted member (0.13 s each at 100,000 members). Beyond it, a refill of the set costs 0.7 s and loses no packet:
     * 0 of 14 million were lost in 60 refills of up to 100,000 members on kernel 6.18.
     */
    private static final long WALKS = 1_000_000;

    /**
     * Orders the set changes within one transaction, because the kernel makes them one after the other. New members of
     * deny sets come first, before any set admits a new source. Sets that grow come before sets that shrink, so that an
     * address that moves between two sets is in both for a moment. Members leave deny sets last.
     *
     * <p>Sets that refuse after other sets have admitted, as for outgoing packets, are the other way round: an address
     * is admitted first and refused there later.
     *
     * @param denials whether a set is looked up before any port, and refuses
     * @param refusals whether a set is looked up after those that admit, and refuses
     */
    static List<MemberChange> inLosslessOrder(
            Collection<MemberChange> changes, Predicate<String> denials, Predicate<String> refusals) {
        record Ranked(int rank, MemberChange change) {}
        return changes.stream()
                .map(change -> new Ranked(change.rank(denials.test(change.set()), refusals.test(change.set())), change))
                .sorted(Comparator.comparingInt(Ranked::rank))
                .map(Ranked::change)
                .toList();
    }

    private int rank(boolean denial, boolean refusal) {
        if (denial) {
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

    /** From the old members to the new ones; nothing if they are equal. */
    Optional<Step> wholly() {
        return step(before, after);
    }

    /** From the old members to the union of old and new ones. */
    Optional<Step> growing() {
        return step(before, before.union(after));
    }

    /** From the union to the new members. */
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
