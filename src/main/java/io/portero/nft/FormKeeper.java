package io.portero.nft;

import io.portero.plan.Snapshot;
import java.util.function.Supplier;

/** Knows the form of the table, and keeps the table in that form. */
interface FormKeeper extends Supplier<TableForm> {
    /** For a table that is never sealed. */
    FormKeeper PLAIN = () -> TableForm.PLAIN;

    /** Whether it creates the form, instead of only detecting it. */
    default boolean makesForm() {
        return false;
    }

    /** The flags in the declaration of a sealed table. */
    default String flags() {
        return makesForm() ? TableForm.FLAGS : TableForm.UNOWNED;
    }

    /** To be called after the table was read. */
    default void saw(Snapshot table) {}
}
