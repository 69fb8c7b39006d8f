package io.portero.fleet.nats;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens a store for an operator: connects, creates missing buckets, and reports failures.
 *
 * <p>It waits while servers elect a leader. It does not wait after a wrong password, a missing permission or without
 * JetStream, because waiting does not help.
 */
final class Opening {
    /** A cluster that has lost a server has a new leader after some seconds. */
    private static final Duration ELECTION = Duration.ofSeconds(15);

    private static final Duration AGAIN_AFTER = Duration.ofMillis(500);
    private static final Duration CLOSING = Duration.ofMillis(50);
    private static final Duration FLUSH = Duration.ofSeconds(5);
    /** An error code of JetStream, as in HTTP. */
    private static final int UNAVAILABLE = 503;

    /** Error codes of JetStream: for this account, and for the whole server. */
    private static final int NOT_ENABLED_FOR_ACCOUNT = 10039;

    private static final int NOT_ENABLED = 10076;

    private final StoreSettings.Nats settings;
    private final String user;

    Opening(StoreSettings.Nats settings) {
        this.settings = settings;
        this.user = settings.user().orElse("operator");
    }

    Connection open() throws IOException {
        var options = Connecting.options(settings, user).build();
        Connection connection = null;
        boolean opened = false;
        try {
            connection = Nats.connect(options);
            requireRight(connection);
            make(connection);
            opened = true;
            return connection;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (AuthenticationException e) {
            throw new IOException(
                    store() + " does not accept the user " + user + " with this password; compare store.user and"
                            + " store.password-file in fleet.yaml with the configuration of nats-server",
                    e);
        } catch (JetStreamApiException e) {
            throw isWithoutJetStream(e)
                    ? new IOException(
                            store() + " has no JetStream for the user " + user + "; switch it on in the configuration"
                                    + " of nats-server, or set store.user in fleet.yaml to an operator of the store",
                            e)
                    : NatsStore.failed(e);
        } catch (MayNot e) {
            throw e;
        } catch (IOException | IllegalStateException e) { // the second one if a connection ends while it is made
            throw new IOException(
                    store() + " cannot be reached (" + e.getMessage() + "); see whether nats-server runs there, and"
                            + " whether a firewall is between",
                    e);
        } finally {
            if (!opened) {
                close(connection);
            }
        }
    }

    private String store() {
        return "the store " + String.join(", ", settings.servers());
    }

    /**
     * A server does not answer a request without permission. It reports the error separately, before it answers the
     * ping that follows.
     */
    private void requireRight(Connection connection) throws IOException, InterruptedException {
        connection.publish("$JS.API.STREAM.INFO." + Subjects.STREAM, new byte[0]);
        try {
            connection.flush(FLUSH);
        } catch (TimeoutException e) {
            throw new IOException("it does not answer", e);
        }
        var missing = missingRight(connection);
        if (missing.isPresent()) {
            throw missing.get();
        }
    }

    private Optional<MayNot> missingRight(Connection connection) {
        return Optional.ofNullable(connection.getLastError())
                .filter(error -> error.toLowerCase(Locale.ROOT).contains("permissions violation"))
                .map(error -> new MayNot(store() + " does not let the user " + user + " write policies (" + error
                        + "); set store.user in fleet.yaml to an operator of the store"));
    }

    /** Creates missing buckets; while the servers elect a leader, none of them answers. */
    private void make(Connection connection) throws IOException, JetStreamApiException, InterruptedException {
        int replicas = settings.replicas() > 0
                ? settings.replicas()
                : settings.servers().size() >= 3 ? 3 : 1;
        long start = System.nanoTime();
        while (true) {
            try {
                Buckets.make(connection, replicas);
                return;
            } catch (IOException | IllegalStateException e) {
                var missing = missingRight(connection);
                if (missing.isPresent()) {
                    throw missing.get();
                }
                if (System.nanoTime() - start > ELECTION.toNanos()) {
                    throw e;
                }
            } catch (JetStreamApiException e) {
                if (e.getErrorCode() != UNAVAILABLE
                        || isWithoutJetStream(e)
                        || System.nanoTime() - start > ELECTION.toNanos()) {
                    throw e;
                }
            }
            Thread.sleep(AGAIN_AFTER);
        }
    }

    private static boolean isWithoutJetStream(JetStreamApiException e) {
        return e.getApiErrorCode() == NOT_ENABLED_FOR_ACCOUNT || e.getApiErrorCode() == NOT_ENABLED;
    }

    /**
     * Closes it, and does not wait long: with TLS the client (2.21) waits a second for its own reader, which waits for
     * the server. Each request was answered before, so nothing can be lost.
     */
    static void close(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("closes the store")
                    .start(() -> closeSlowly(connection))
                    .join(CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeSlowly(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The store was reached, and has refused. */
    private static final class MayNot extends IOException {
        private static final long serialVersionUID = 1;

        MayNot(String sentence) {
            super(sentence);
        }
    }
}
