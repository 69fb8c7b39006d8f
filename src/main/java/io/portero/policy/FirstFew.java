package io.portero.policy;

import java.util.Collection;
import java.util.List;

/**
 * The first few of many, and how many more there are.
 *
 * <p>Only those that are shown are made into text.
 */
public record FirstFew(List<String> shown, long more) {
    public FirstFew {
        shown = List.copyOf(shown);
    }

    /** The first ones in their order, at most {@code most}. */
    public static FirstFew of(Collection<?> all, int most) {
        return of(all, most, all.size());
    }

    /** @param count how many there are in total, if only the first ones are given */
    public static FirstFew of(Collection<?> first, int most, long count) {
        var shown = first.stream().limit(most).map(String::valueOf).toList();
        return new FirstFew(shown, Math.max(0, count - shown.size()));
    }

    /** {@code a, b and 7 more}. */
    @Override
    public String toString() {
        var words = String.join(", ", shown);
        return more == 0 ? words : (words + " and " + more + " more").stripLeading();
    }
}
