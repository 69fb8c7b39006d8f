package io.portero.fleet.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.Republish;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;

/** Creates the missing buckets of a fleet in a store, with their history, age limit and replicas. */
final class Buckets {
    /** The number of bundles to which {@code portero fleet back} can return. */
    private static final int HISTORY = 16;
    /** A host reports every minute. */
    private static final Duration STATUS_LASTS = Duration.ofMinutes(5);

    private static final int NOT_FOUND = 404;

    private Buckets() {}

    static void make(Connection connection, int replicas) throws IOException, JetStreamApiException {
        var buckets = connection.keyValueManagement();
        if (isMissing(() -> buckets.getStatus(Subjects.BUNDLES))) {
            buckets.create(KeyValueConfiguration.builder(Subjects.BUNDLES)
                    .maxHistoryPerKey(HISTORY)
                    .storageType(StorageType.File)
                    .replicas(replicas)
                    .republish(Republish.builder()
                            .source(Subjects.everyKey())
                            .destination(Subjects.everyNews())
                            .headersOnly(true)
                            .build())
                    .build());
        }
        if (isMissing(() -> buckets.getStatus(Subjects.STATUS))) {
            connection.jetStreamManagement().addStream(status(replicas));
        }
        var objects = connection.objectStoreManagement();
        if (isMissing(() -> objects.getStatus(Subjects.LISTS))) {
            objects.create(ObjectStoreConfiguration.builder(Subjects.LISTS)
                    .storageType(StorageType.File)
                    .replicas(replicas)
                    .build());
        }
    }

    /** Creates a bucket without the rollup header: with it, which is the default, one message could delete others. */
    private static StreamConfiguration status(int replicas) {
        return StreamConfiguration.builder()
                .name("KV_" + Subjects.STATUS)
                .subjects(Subjects.status(">"))
                .maxMessagesPerSubject(1)
                .maxAge(STATUS_LASTS)
                .maximumMessageSize(16 * 1024)
                .discardPolicy(DiscardPolicy.New)
                .storageType(StorageType.Memory)
                .replicas(replicas)
                .allowRollup(false)
                .allowDirect(true)
                .denyDelete(true)
                .build();
    }

    private interface Asking {
        Object ask() throws IOException, JetStreamApiException;
    }

    private static boolean isMissing(Asking question) throws IOException, JetStreamApiException {
        try {
            question.ask();
            return false;
        } catch (JetStreamApiException e) {
            if (e.getErrorCode() == NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }
}
