package io.portero.bans;

import io.portero.policy.AddressRange;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of an order.
 *
 * @param items the result for each address and network, in the order of the request
 * @param others how many bans were lifted that the order did not name
 * @param failure why the order was not carried out, as one sentence; then the items do not show what is in force
 * @param remark what else could not be done, as a clause
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
     * The result for one address or network.
     *
     * @param says why not, or who else bans it; may be empty
     */
    public record Item(AddressRange what, Result result, String says) {}

    /** The result. */
    public enum Result {
        DONE,
        /** It was banned, or not banned, before. */
        UNCHANGED,
        /** The guard spares it. */
        SPARED
    }

    /** Whether the order changed anything. */
    public boolean isChange() {
        return failure.isEmpty() && (others > 0 || !with(Result.DONE).isEmpty());
    }

    public List<Item> with(Result result) {
        return items.stream().filter(i -> i.result() == result).toList();
    }
}
