package io.portero.lists;

import java.util.Optional;

/** The port to where lists outlive a restart. */
public interface ListStore {
    /** Keeps nothing. */
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

    /** What cannot be written is fetched again after a restart, and no more than that. */
    void write(String name, String content);

    void delete(String name);
}
