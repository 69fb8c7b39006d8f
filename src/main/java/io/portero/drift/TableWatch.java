package io.portero.drift;

import java.util.List;

/**
 * The port to the monitor of the kernel's changes.
 *
 * <p>What it tells comes soon and may be incomplete: a look at the table has the last word. Its methods return at once and
 * may be called from any thread.
 */
public interface TableWatch {

    /** Hears nothing. */
    TableWatch DEAF = new TableWatch() {
        @Override
        public List<ForeignChange> take() {
            return List.of();
        }

        @Override
        public void missed() {}
    };

    /** What others did to our table since this was asked last, oldest first. */
    List<ForeignChange> take();

    /** To be told when a look found a change that was not told of. */
    void missed();
}
