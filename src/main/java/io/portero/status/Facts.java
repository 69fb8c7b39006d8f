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
 * Facts from other packages for a status; each is read once per status.
 *
 * @param listening whether the metrics port is open
 * @param hearing whether changes by other programs are received as they happen
 * @param remarks sentences about other firewalls on this host
 * @param unwritten how many lines of the audit trail could not be written
 * @param names the state of the names of the policy
 * @param lists the state of the web lists of the policy
 * @param staged the counts of the staged policy; read only while there is one
 * @param nft the nft in use
 * @param destinations the destinations of dropped outgoing packets
 * @param dropped the dropped sources; with true, also by destination port, which is known in mode observe
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

    /** The facts when nothing else runs. */
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

    /** The same with these counters, and without facts that need a reading of the kernel. */
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
