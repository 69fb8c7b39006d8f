package io.portero.fleet;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/** The port to a store that can be written: what an operator does there. Every write is held against what it replaces. */
public interface OperatorStore extends AutoCloseable {

    /** A value, and the revision to replace it by. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Entry(byte[] value, long revision) {}

    /** Somebody else has written in between. */
    final class Conflict extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** Those that it holds a bundle of, or had one. */
    SortedSet<String> roles() throws IOException;

    Optional<Entry> get(Transport.Slot slot, String role) throws IOException;

    /** @param revision of what it replaces; 0 where there is nothing */
    void put(Transport.Slot slot, String role, byte[] value, long revision) throws IOException, Conflict;

    void delete(Transport.Slot slot, String role) throws IOException;

    /** What the bundle of a role was before, the latest first. */
    List<byte[]> history(String role) throws IOException;

    boolean hasObject(String name) throws IOException;

    void putObject(String name, byte[] content) throws IOException;

    /** Lists and differences of two lists, with the time since when each is in the store, by the store's clock. */
    record StoredObject(String name, long bytes, Instant since) {}

    List<StoredObject> objects() throws IOException;

    void deleteObject(String name) throws IOException;

    /** The state of a roll. */
    Optional<Entry> roll() throws IOException;

    /** @return the new revision */
    long putRoll(byte[] value, long revision) throws IOException, Conflict;

    /** What hosts reported of late, by host. */
    Map<String, Report> reports() throws IOException;

    /** Tells of every report from now on, those that there are first; until it is closed. */
    AutoCloseable follow(Consumer<Report> told) throws IOException;

    @Override
    void close();
}
