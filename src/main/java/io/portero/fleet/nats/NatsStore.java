package io.portero.fleet.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Report;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A JetStream store as an operator uses it; its buckets are made when they are not there. */
public final class NatsStore implements OperatorStore {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int WRONG_LAST_SEQUENCE = 10071;

    private final Connection connection;
    private final KeyValue bundles;
    private final KeyValue status;
    private final ObjectStore lists;

    private NatsStore(Connection connection, KeyValue bundles, KeyValue status, ObjectStore lists) {
        this.connection = connection;
        this.bundles = bundles;
        this.status = status;
        this.lists = lists;
    }

    public static NatsStore open(StoreSettings.Nats settings) throws IOException {
        var user = settings.user().orElse("operator");
        Connection connection = null;
        try {
            connection = Nats.connect(Connecting.options(settings, user).build());
            int replicas = settings.replicas() > 0
                    ? settings.replicas()
                    : settings.servers().size() >= 3 ? 3 : 1;
            Buckets.make(connection, replicas);
            return new NatsStore(
                    connection,
                    connection.keyValue(Subjects.BUNDLES),
                    connection.keyValue(Subjects.STATUS),
                    connection.objectStore(Subjects.LISTS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (JetStreamApiException e) {
            close(connection);
            throw failed(e);
        } catch (IOException e) {
            close(connection);
            throw new IOException(
                    "the store " + String.join(", ", settings.servers()) + " cannot be reached (" + e.getMessage()
                            + ")",
                    e);
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static IOException failed(Exception e) {
        return new IOException("the store refused: " + e.getMessage(), e);
    }

    private static Optional<Entry> entry(KeyValue bucket, String key) throws IOException {
        try {
            var entry = bucket.get(key);
            return entry == null || entry.getValue() == null
                    ? Optional.empty()
                    : Optional.of(new Entry(entry.getValue(), entry.getRevision()));
        } catch (JetStreamApiException e) {
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
        }
    }

    @Override
    public SortedSet<String> roles() throws IOException {
        try {
            var prefix = Subjects.key(Slot.BUNDLE, "");
            return bundles.keys().stream()
                    .filter(k -> k.startsWith(prefix))
                    .map(k -> k.substring(prefix.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (JetStreamApiException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
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
        } catch (JetStreamApiException e) {
            throw failed(e);
        }
    }

    @Override
    public List<byte[]> history(String role) throws IOException {
        try {
            return bundles.history(Subjects.key(Slot.BUNDLE, role)).stream()
                    .filter(e -> e.getOperation() == KeyValueOperation.PUT)
                    .sorted(Comparator.comparingLong(KeyValueEntry::getRevision).reversed())
                    .map(KeyValueEntry::getValue)
                    .toList();
        } catch (JetStreamApiException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public boolean hasObject(String name) throws IOException {
        try {
            return lists.getInfo(name) != null;
        } catch (JetStreamApiException e) {
            throw failed(e);
        }
    }

    @Override
    public void putObject(String name, byte[] content) throws IOException {
        try {
            lists.put(name, content);
        } catch (JetStreamApiException | NoSuchAlgorithmException e) {
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
        var reports = new ConcurrentHashMap<String, Report>();
        var whole = new CountDownLatch(1);
        try (var _ = watch(r -> reports.put(r.host(), r), whole::countDown)) {
            if (!whole.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the store does not answer");
            }
            return new TreeMap<>(reports);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw failed(e);
        }
    }

    @Override
    public AutoCloseable follow(Consumer<Report> told) throws IOException {
        return watch(told, () -> {});
    }

    /** What a host says of another is not heard: its key in the store is its name. */
    private AutoCloseable watch(Consumer<Report> told, Runnable whole) throws IOException {
        try {
            return status.watchAll(new KeyValueWatcher() {
                @Override
                public void watch(KeyValueEntry entry) {
                    if (entry.getOperation() == KeyValueOperation.PUT && entry.getValue() != null) {
                        Report.parse(entry.getValue())
                                .filter(r -> r.host().equals(entry.getKey()))
                                .ifPresent(told);
                    }
                }

                @Override
                public void endOfData() {
                    whole.run();
                }
            });
        } catch (JetStreamApiException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        close(connection);
    }
}
