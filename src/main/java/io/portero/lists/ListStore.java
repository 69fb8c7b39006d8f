package io.portero.lists;

import java.util.Optional;

/** The port to the storage where lists survive a restart. */
public interface ListStore {
    /** Stores nothing. */
    ListStore NONE = new ListStore() {
        @Override
        public Optional<String> read(String name) {
            return Optional.empty();
        }

        @Override
        public void write(String name, String content) {}

        @Override
        public void delete(String name) {}
    };

    Optional<String> read(String name);

    /** A failed write only means that the list is fetched again after a restart. */
    void write(String name, String content);

    void delete(String name);
}
