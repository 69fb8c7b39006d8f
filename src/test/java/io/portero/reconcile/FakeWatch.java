package io.portero.reconcile;

import io.portero.drift.ForeignChange;
import io.portero.drift.TableWatch;
import java.util.ArrayList;
import java.util.List;

/** A watch that reports what a test sets. */
public final class FakeWatch implements TableWatch {
    public final List<ForeignChange> seen = new ArrayList<>();
    boolean missed;

    @Override
    public List<ForeignChange> take() {
        var taken = List.copyOf(seen);
        seen.clear();
        return taken;
    }

    @Override
    public void missed() {
        missed = true;
    }
}
