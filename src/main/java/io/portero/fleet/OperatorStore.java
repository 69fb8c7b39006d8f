package io.portero.fleet;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * The port to a store for an operator, who can write. Every write is a compare-and-set against the value that it
 * replaces.
 */
public interface OperatorStore extends AutoCloseable {

    /** A value, and its revision for a compare-and-set. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(byte[] value, long revision) {}

    /** Another operator has written in between. */
    final class Conflict extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** The roles that have or had a bundle in the store. */
    SortedSet<String> roles() throws IOException;

    Optional<Entry> get(Transport.Slot slot, String role) throws IOException;

    /** @param revision the revision of the value that it replaces; 0 for none */
    void put(Transport.Slot slot, String role, byte[] value, long revision) throws IOException, Conflict;

    void delete(Transport.Slot slot, String role) throws IOException;

    /** The earlier bundles of a role, the latest first. */
    List<byte[]> history(String role) throws IOException;

    boolean hasObject(String name) throws IOException;

    void putObject(String name, byte[] content) throws IOException;

    /** Lists and differences of lists, with the time when each was stored, by the store's clock. */
    record StoredObject(String name, long bytes, Instant since) {}

    List<StoredObject> objects() throws IOException;

    void deleteObject(String name) throws IOException;

    /** The state of a roll. */
    Optional<Entry> roll() throws IOException;

    /** @return the new revision */
    long putRoll(byte[] value, long revision) throws IOException, Conflict;

    /** The latest reports, by host. */
    Map<String, Report> reports() throws IOException;

    /** Delivers the existing reports, then every new one, until it is closed. */
    AutoCloseable follow(Consumer<Report> told) throws IOException;

    @Override
    void close();
}
