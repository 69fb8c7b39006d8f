package io.portero.bans;

import io.portero.policy.AddressRange;
import java.util.List;
import java.util.Optional;

/**
 * What came of an order.
 *
 * @param items what came of each address and network, in the order in which they were named
 * @param others how many bans were lifted that the order did not name
 * @param failure why it was not done, as one sentence; then the items say nothing of what is in force
 * @param remark what could not be done besides, as a clause
 */
public record BanReport(List<Item> items, int others, Optional<String> failure, Optional<String> remark) {
    public BanReport {
        items = List.copyOf(items);
    }

    public static BanReport failed(String why) {
        return new BanReport(List.of(), 0, Optional.of(why), Optional.empty());
    }

    public BanReport with(Optional<String> another) {
        return new BanReport(items, others, failure, remark.or(() -> another));
    }

    /**
     * One of them.
     *
     * @param says why not, or who else bans it; may be empty
     */
    public record Item(AddressRange what, Result result, String says) {}

    /** How it went. */
    public enum Result {
        DONE,
        /** It was so before. */
        UNCHANGED,
        /** The guard spares it. */
        SPARED
    }

    /** Whether anything is otherwise than before. */
    public boolean isChange() {
        return failure.isEmpty() && (others > 0 || !with(Result.DONE).isEmpty());
    }

    public List<Item> with(Result result) {
        return items.stream().filter(i -> i.result() == result).toList();
    }
}
