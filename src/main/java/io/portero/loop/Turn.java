package io.portero.loop;

import io.portero.events.Trigger;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;

/** What a request may do while it has the loop's thread. */
public interface Turn {
    Reconciler reconciler();

    /** Makes a pass at once; what it leaves to be done is done by the loop, as after any other pass. */
    PassResult pass(Trigger trigger);
}
