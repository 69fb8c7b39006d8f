package io.portero;

import io.portero.events.ReconcileListener;
import java.util.List;

/** All who are told what happens, in the order in which they are. */
record Listeners(List<ReconcileListener> all) {
    Listeners {
        all = List.copyOf(all);
    }
}
