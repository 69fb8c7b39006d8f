package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.lists.ListState;
import io.portero.names.NameState;
import io.portero.stage.StageTable;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What is known elsewhere and told with a status; each is asked once for each.
 *
 * @param listening whether metrics can be had over the network
 * @param hearing whether changes by other programs are heard of as they happen
 * @param remarks sentences about other firewalls on this host
 * @param unwritten how many lines of the audit trail could not be written
 * @param names how things stand with the names of the policy
 * @param lists how things stand with the lists on the web of the policy
 * @param staged what the staged policy has counted; asked only while there is one
 * @param nft which nft is used
 * @param destinations where packets were to go that did not leave
 * @param dropped who was refused; given true, also by what they wanted, which is known while nothing is dropped
 */
public record Facts(
        Supplier<Map<String, Count>> counters,
        BooleanSupplier listening,
        BooleanSupplier hearing,
        LongSupplier unwritten,
        Supplier<List<String>> remarks,
        Supplier<List<NameState>> names,
        Supplier<List<ListState>> lists,
        Function<Boolean, DroppedSources.Report> dropped,
        Supplier<StageTable.Differences> staged,
        Supplier<NftRow> nft,
        Supplier<List<OutgoingRow.Destination>> destinations) {

    /** What is so when nothing runs beside. */
    public static final Facts NONE = new Facts(
            Map::of,
            () -> false,
            () -> false,
            () -> 0,
            List::of,
            List::of,
            List::of,
            observing -> DroppedSources.Report.NONE,
            () -> StageTable.Differences.NONE,
            () -> NftRow.UNKNOWN,
            List::of);

    /** The same with these counters, and without what only the kernel can tell. */
    public Facts withoutAsking(Supplier<Map<String, Count>> others) {
        return new Facts(
                others,
                listening,
                hearing,
                unwritten,
                remarks,
                names,
                lists,
                NONE.dropped,
                NONE.staged,
                nft,
                NONE.destinations);
    }
}
