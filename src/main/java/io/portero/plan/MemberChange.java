package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The way of one set from its members to others.
 *
 * <p>It may take two steps: grow to all that the old or the new members admit, and shrink later. So no address that both
 * admit is missing at any time, even while rules move on to other sets.
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

    /** Sets that grow come before sets that shrink: an address that moves from one to the other is in both for a moment. */
    static List<MemberChange> inLosslessOrder(Collection<MemberChange> changes) {
        return changes.stream()
                .sorted(Comparator.comparing(MemberChange::shrinks)
                        .thenComparing(MemberChange::grows, Comparator.reverseOrder()))
                .toList();
    }

    private boolean grows() {
        return !after.minus(before).isEmpty();
    }

    private boolean shrinks() {
        return !before.minus(after).isEmpty();
    }

    /**
     * Adds the steps where they belong.
     *
     * @param early whether new members open nothing under the old rules that the new rules keep closed
     * @param late whether old members open nothing under the new rules that the old rules kept closed
     */
    void plan(boolean early, boolean late, List<Step> fill, List<Step> switchOver, List<Step> clear) {
        var all = before.union(after);
        var first = early ? all : before;
        var second = late ? all : after;
        add(fill, before, first);
        add(switchOver, first, second);
        add(clear, second, after);
    }

    private void add(List<Step> steps, AddressSet from, AddressSet to) {
        if (from.equals(to)) {
            return;
        }
        if (single) {
            steps.add(
                    new Step.ChangeMembers(set, oneByOne(from.minus(to)), oneByOne(to.minus(from)), Optional.empty()));
            return;
        }
        var remove = missing(from, to);
        boolean slow = (long) remove.size() * from.ranges().size() > WALKS;
        steps.add(new Step.ChangeMembers(
                set, remove, missing(to, from), slow ? Optional.of(to.ranges()) : Optional.empty()));
    }

    private static List<AddressRange> missing(AddressSet from, AddressSet in) {
        var there = new HashSet<>(in.ranges());
        return from.ranges().stream().filter(r -> !there.contains(r)).toList();
    }

    private static List<AddressRange> oneByOne(AddressSet addresses) {
        return addresses.ranges().stream()
                .flatMap(AddressRange::addresses)
                .map(AddressRange::of)
                .toList();
    }
}
