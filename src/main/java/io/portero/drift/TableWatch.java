package io.portero.drift;

import java.util.List;

/**
 * The port to the monitor of the kernel's changes.
 *
 * <p>Its reports are fast but may be incomplete: only a look at the table is reliable. Its methods return at once and
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

    /** The changes by others to our table since the last call, oldest first. */
    List<ForeignChange> take();

    /** To be called when a look found a change that was not reported. */
    void missed();
}
