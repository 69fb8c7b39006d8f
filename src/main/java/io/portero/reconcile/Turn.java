package io.portero.reconcile;

/** What a request may do while it has the loop's thread. */
public interface Turn {
    Reconciler reconciler();

    /** Makes a pass at once; what it leaves to be done is done by the loop, as after any other pass. */
    PassResult pass(Trigger trigger);
}
