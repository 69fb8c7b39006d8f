package io.portero.fleet.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.ObjectStore;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamInfoOptions;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Report;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A JetStream store for an operator; it creates missing buckets. */
public final class NatsStore implements OperatorStore {
    private static final int NOT_FOUND = 404;
    private static final int WRONG_LAST_SEQUENCE = 10071;

    private final Connection connection;
    private final KeyValue bundles;
    private final Statuses statuses;
    private final ObjectStore lists;

    private NatsStore(Connection connection, KeyValue bundles, Statuses statuses, ObjectStore lists) {
        this.connection = connection;
        this.bundles = bundles;
        this.statuses = statuses;
        this.lists = lists;
    }

    public static NatsStore open(StoreSettings.Nats settings) throws IOException {
        var connection = new Opening(settings).open();
        try {
            return new NatsStore(
                    connection,
                    connection.keyValue(Subjects.BUNDLES),
                    new Statuses(connection, connection.keyValue(Subjects.STATUS)),
                    connection.objectStore(Subjects.LISTS));
        } catch (IOException | IllegalStateException e) {
            Opening.close(connection);
            throw failed(e);
        }
    }

    /** Also during a reconnect, when the client throws an unchecked exception. */
    static IOException failed(Exception e) {
        return new IOException("the store refused: " + e.getMessage(), e);
    }

    private static Optional<Entry> entry(KeyValue bucket, String key) throws IOException {
        try {
            var entry = bucket.get(key);
            return entry == null || entry.getValue() == null
                    ? Optional.empty()
                    : Optional.of(new Entry(entry.getValue(), entry.getRevision()));
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    private long write(String key, byte[] value, long revision) throws IOException, Conflict {
        try {
            return revision == 0 ? bundles.create(key, value) : bundles.update(key, value, revision);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
                throw new Conflict();
            }
            throw failed(e);
        } catch (IllegalStateException e) {
            throw failed(e);
        }
    }

    /** By the subjects of the stream, because a consumer could be placed on a dead node. */
    @Override
    public SortedSet<String> roles() throws IOException {
        try {
            var prefix = Subjects.ofKey(Slot.BUNDLE, "");
            var info = connection
                    .jetStreamManagement()
                    .getStreamInfo(Subjects.STREAM, StreamInfoOptions.filterSubjects(prefix + "*"));
            return info.getStreamState().getSubjects().stream()
                    .map(subject -> subject.getName().substring(prefix.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<Entry> get(Slot slot, String role) throws IOException {
        return entry(bundles, Subjects.key(slot, role));
    }

    @Override
    public void put(Slot slot, String role, byte[] value, long revision) throws IOException, Conflict {
        write(Subjects.key(slot, role), value, revision);
    }

    @Override
    public void delete(Slot slot, String role) throws IOException {
        try {
            bundles.delete(Subjects.key(slot, role));
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public List<byte[]> history(String role) throws IOException {
        var versions = new ArrayList<byte[]>();
        try {
            long sequence = 1;
            while (true) {
                var message = connection
                        .jetStreamManagement()
                        .getNextMessage(Subjects.STREAM, sequence, Subjects.ofKey(Slot.BUNDLE, role));
                if (message.getData() != null && message.getData().length > 0) { // otherwise it was deleted
                    versions.addFirst(message.getData());
                }
                sequence = message.getSeq() + 1;
            }
        } catch (JetStreamApiException e) {
            if (e.getErrorCode() == NOT_FOUND) {
                return versions;
            }
            throw failed(e);
        } catch (IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public boolean hasObject(String name) throws IOException {
        try {
            return lists.getInfo(name) != null;
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public void putObject(String name, byte[] content) throws IOException {
        try {
            lists.put(name, content);
        } catch (JetStreamApiException | NoSuchAlgorithmException | IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public List<StoredObject> objects() throws IOException {
        try {
            return lists.getList().stream()
                    .filter(info -> !info.isDeleted() && info.getModified() != null)
                    .map(info -> new StoredObject(
                            info.getObjectName(),
                            info.getSize(),
                            info.getModified().toInstant()))
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    /** The store keeps a tombstone for each deleted object; it is removed too. */
    @Override
    public void deleteObject(String name) throws IOException {
        try {
            lists.delete(name);
            connection
                    .jetStreamManagement()
                    .purgeStream("OBJ_" + Subjects.LISTS, PurgeOptions.subject(Subjects.object(name)));
        } catch (JetStreamApiException | IllegalStateException e) {
            throw failed(e);
        }
    }

    @Override
    public Optional<Entry> roll() throws IOException {
        return entry(bundles, Subjects.ROLL);
    }

    @Override
    public long putRoll(byte[] value, long revision) throws IOException, Conflict {
        return write(Subjects.ROLL, value, revision);
    }

    @Override
    public Map<String, Report> reports() throws IOException {
        return statuses.reports();
    }

    @Override
    public AutoCloseable follow(Consumer<Report> told) throws IOException {
        return statuses.follow(told);
    }

    @Override
    public void close() {
        Opening.close(connection);
    }
}
