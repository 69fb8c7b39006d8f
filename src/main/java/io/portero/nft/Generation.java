package io.portero.nft;

import io.portero.drift.ForeignChange.Touched;
import java.util.List;
import java.util.Set;

/**
 * One transaction, as {@code nft monitor} reports it.
 *
 * @param program the process's name, without what follows its 15th byte
 * @param ours the first lines about our table
 * @param touched the objects that they change there, up to a limit
 * @param tableGone whether our table was deleted and not created again
 * @param blurred whether there were changes without a table name, which may concern our table
 */
record Generation(
        long pid, String program, List<String> ours, Set<Touched> touched, boolean tableGone, boolean blurred) {
    boolean touchesOurs() {
        return !ours.isEmpty() || blurred;
    }
}
