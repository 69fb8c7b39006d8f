package io.portero.reconcile;

/** How a pass ended, for whoever decides when the next one is due. */
public enum PassResult {
    DONE,
    /** Rules are in force that have not been seen in a listing yet. */
    UNVERIFIED,
    /** The file is to be put in force once its names are answered for. */
    POSTPONED,
    FAILED
}
