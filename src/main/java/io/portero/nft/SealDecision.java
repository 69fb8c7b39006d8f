package io.portero.nft;

import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether the table is sealed, and for which nft that was found out.
 *
 * @param why not sealed, for a person; empty where it is
 * @param until when it holds, by the clock; for good where it is certain
 */
record SealDecision(String nft, boolean allowed, TableForm form, String why, Optional<Long> until) {
    static final SealDecision NONE = new SealDecision("", true, TableForm.PLAIN, "not tried yet", Optional.of(0L));

    boolean holds(String nft, boolean allowed, LongSupplier nanoTime) {
        return this != NONE
                && this.nft.equals(nft)
                && this.allowed == allowed
                && until.filter(end -> nanoTime.getAsLong() - end >= 0).isEmpty();
    }
}
