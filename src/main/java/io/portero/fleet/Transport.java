package io.portero.fleet;

import java.io.IOException;
import java.util.Optional;

/** The port to a store of bundles; the store may lie, lose data, return old data or be away. */
public interface Transport extends AutoCloseable {

    /** The slots of a store for a role. */
    enum Slot {
        /** The bundle for every host of the role. */
        BUNDLE,
        /** The bundle of a roll. */
        NEXT,
        /** The hosts that may take the bundle of the roll. */
        GATE
    }

    /** Receives the messages of the store, on any thread. */
    interface Listener {
        /** @param content empty if the store holds nothing */
        void offered(Slot slot, byte[] content);

        /** @param why a clause without a full stop */
        void away(String why);

        /** The store answers, for the first time or again. */
        void back();
    }

    void start(Listener listener);

    /** Requests all content of the store again. */
    void ask();

    /**
     * A list, or a difference of lists, by its name; nothing if the store does not have it. At most {@code mostBytes}
     * are read.
     */
    Optional<byte[]> object(String name, long mostBytes) throws IOException;

    /**
     * Sends the report of this host, later if the store cannot be reached now; a newer report replaces it until then.
     */
    void report(String json);

    @Override
    void close();
}
