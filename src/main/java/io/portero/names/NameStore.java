package io.portero.names;

import java.util.Optional;

/** The port to where answers outlive a restart. */
public interface NameStore {
    /** Keeps nothing. */
    NameStore NONE = new NameStore() {
        @Override
        public Optional<String> read() {
            return Optional.empty();
        }

        @Override
        public void write(String content) {}
    };

    Optional<String> read();

    /** What cannot be written is asked again after a restart, and no more than that. */
    void write(String content);
}
