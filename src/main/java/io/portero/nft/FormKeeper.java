package io.portero.nft;

import io.portero.plan.Snapshot;
import java.util.function.Supplier;

/** Says in which form the table stands, and keeps it so. */
interface FormKeeper extends Supplier<TableForm> {
    /** For a table that nobody seals. */
    FormKeeper PLAIN = () -> TableForm.PLAIN;

    /** Whether it makes the form, and does not only find it. */
    default boolean makesForm() {
        return false;
    }

    /** The flags that texts of a sealed table name. */
    default String flags() {
        return makesForm() ? TableForm.FLAGS : TableForm.UNOWNED;
    }

    /** To be called when the table was read. */
    default void saw(Snapshot table) {}
}
