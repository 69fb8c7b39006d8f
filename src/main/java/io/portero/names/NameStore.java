package io.portero.names;

import java.util.Optional;

/** The port to the storage where answers survive a restart. */
public interface NameStore {
    /** Stores nothing. */
    NameStore NONE = new NameStore() {
        @Override
        public Optional<String> read() {
            return Optional.empty();
        }

        @Override
        public void write(String content) {}
    };

    Optional<String> read();

    /** A failed write only means that the name is resolved again after a restart. */
    void write(String content);
}
