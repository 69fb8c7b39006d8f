package io.portero;

import io.portero.events.ReconcileListener;
import java.util.List;

/** The listeners for events, in the order in which they are called. */
record Listeners(List<ReconcileListener> all) {
    Listeners {
        all = List.copyOf(all);
    }
}
