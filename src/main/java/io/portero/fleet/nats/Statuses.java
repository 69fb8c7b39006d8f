package io.portero.fleet.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.api.KeyValueWatcher;
import io.portero.fleet.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads the reports of hosts from their bucket, with the store's time stamps, because a host's clock may be wrong. */
final class Statuses {
    /** Without a single report; a consumer on a dead node never sends one. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int MOST_TRIES = 15;

    private final Connection connection;
    private final KeyValue bucket;

    Statuses(Connection connection, KeyValue bucket) {
        this.connection = connection;
        this.bucket = bucket;
    }

    /** Uses a consumer, which is created again if it was placed on a dead node. */
    Map<String, Report> reports() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return reportsAtOnce();
            } catch (IOException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    private Map<String, Report> reportsAtOnce() throws IOException {
        var reports = new ConcurrentHashMap<String, Report>();
        var whole = new CountDownLatch(1);
        try {
            var watching = bucket.watchAll(watcher(r -> reports.put(r.host(), r), whole::countDown));
            try {
                int before = -1;
                while (!whole.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    if (reports.size() == before || reports.isEmpty()) {
                        throw new IOException("the store does not answer");
                    }
                    before = reports.size();
                }
            } finally {
                watching.unsubscribe();
            }
            return new TreeMap<>(reports);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (JetStreamApiException | IllegalStateException e) {
            throw NatsStore.failed(e);
        }
    }

    private static KeyValueWatcher watcher(Consumer<Report> told, Runnable whole) {
        return new KeyValueWatcher() {
            @Override
            public void watch(KeyValueEntry entry) {
                if (entry.getOperation() == KeyValueOperation.PUT && entry.getValue() != null) {
                    report(entry.getKey(), entry.getValue())
                            .map(r -> r.seenAt(entry.getCreated().toInstant()))
                            .ifPresent(told);
                }
            }

            @Override
            public void endOfData() {
                whole.run();
            }
        };
    }

    /** A report of a host about another host is ignored: the key in the store is the name of the sender. */
    private static Optional<Report> report(String key, byte[] value) {
        return Report.parse(value).filter(r -> r.host().equals(key));
    }

    /** A subscription follows the connection from node to node. */
    AutoCloseable follow(Consumer<Report> told) throws IOException {
        var prefix = Subjects.status("");
        var dispatcher = connection.createDispatcher();
        dispatcher.subscribe(
                prefix + "*",
                message -> report(message.getSubject().substring(prefix.length()), message.getData())
                        .ifPresent(told));
        reports().values().forEach(told);
        return () -> connection.closeDispatcher(dispatcher);
    }
}
