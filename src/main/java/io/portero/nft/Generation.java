package io.portero.nft;

import io.portero.drift.ForeignChange.Touched;
import java.util.List;
import java.util.Set;

/**
 * One transaction, as {@code nft monitor} tells of it.
 *
 * @param program the process's name, without what follows its 15th byte
 * @param ours the first lines about our table
 * @param touched what they touch there, without those beyond a bound
 * @param tableGone whether our table was deleted and not made again
 * @param blurred whether there were changes of which it could not tell where they belong, so that they may be ours
 */
record Generation(
        long pid, String program, List<String> ours, Set<Touched> touched, boolean tableGone, boolean blurred) {
    boolean touchesOurs() {
        return !ours.isEmpty() || blurred;
    }
}
