package io.portero.loop;

import io.portero.events.Trigger;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;

/** What a request may do while it runs on the loop's thread. */
public interface Turn {
    Reconciler reconciler();

    /** Makes a pass at once; the loop does the follow-up work, as after any other pass. */
    PassResult pass(Trigger trigger);
}
