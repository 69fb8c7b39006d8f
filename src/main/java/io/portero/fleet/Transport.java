package io.portero.fleet;

import java.io.IOException;
import java.util.Optional;

/** The port to a store that bundles come from; it may lie, lose, go back in time or be away. */
public interface Transport extends AutoCloseable {

    /** What a store holds for a role. */
    enum Slot {
        /** The bundle for every host of the role. */
        BUNDLE,
        /** One that is being rolled out. */
        NEXT,
        /** Which hosts may take the latter by now. */
        GATE
    }

    /** Told by any thread what the store says. */
    interface Listener {
        /** @param content empty where the store holds nothing */
        void offered(Slot slot, byte[] content);

        /** @param why a clause without a stop */
        void away(String why);

        /** The store answers, for the first time or again. */
        void back();
    }

    void start(Listener listener);

    /** Has the store tell anew what it holds. */
    void ask();

    /** A list, or a difference of two, by its name; nothing when the store has none. At most {@code mostBytes} are read. */
    Optional<byte[]> object(String name, long mostBytes) throws IOException;

    /** Tells how this host does; lost when the store cannot be reached. */
    void report(String json);

    @Override
    void close();
}
