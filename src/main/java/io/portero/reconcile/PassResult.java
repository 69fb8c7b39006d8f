package io.portero.reconcile;

/** The result of a pass, which decides when the next one is due. */
public enum PassResult {
    DONE,
    /** Rules are in force that were not listed yet. */
    UNVERIFIED,
    /** The file waits for the first answers for its names or lists. */
    POSTPONED,
    FAILED
}
