package io.portero.nft;

import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The decision whether the table is sealed, and for which nft.
 *
 * @param why the reason why it is not sealed; empty if it is
 * @param until the end of validity of this decision; for ever if it is certain
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
