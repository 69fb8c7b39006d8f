package io.portero.fleet.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Receives the offers of a JetStream store for a host.
 *
 * <p>It subscribes to the store's news about its keys, and requests their last values after each message and after each
 * connect. So the server keeps no consumer for a host, and a host costs only a connection. News is only a hint; the
 * next request makes up for lost messages.
 */
public final class NatsTransport implements Transport {
    private final Connector connector;
    private final StoreSettings.Nats store;
    private final String user;
    private final String role;
    private final Map<Slot, Question> questions = new EnumMap<>(Slot.class);
    private final Sending sending;
    private @Nullable Connection connection;
    private @Nullable Thread connecting;
    private volatile boolean closed;
    private @Nullable Listener listener;

    /** Connects; the client also throws unchecked exceptions if a server dies at the wrong moment. */
    @FunctionalInterface
    interface Connector {
        Connection connect(Options options) throws IOException, InterruptedException;
    }

    public NatsTransport(StoreSettings.Nats store, HostSettings settings) {
        this(store, settings, Nats::connect);
    }

    NatsTransport(StoreSettings.Nats store, HostSettings settings, Connector connector) {
        this.connector = connector;
        this.store = store;
        this.user = store.user().orElse(settings.host());
        this.role = settings.role();
        this.sending = new Sending(report -> requests().report(Subjects.status(settings.host()), report));
    }

    @Override
    public synchronized void start(Listener told) {
        listener = told;
        for (var slot : Slot.values()) {
            questions.put(
                    slot,
                    new Question(
                            () -> requests().last(Subjects.STREAM, Subjects.ofKey(slot, role)),
                            content -> told.offered(slot, content)));
        }
        connecting = Thread.ofPlatform().daemon().name("store").start(this::connect);
    }

    /** The client retries by itself only after a first successful connect. */
    private void connect() {
        for (long tries = 0; !closed; tries++) {
            try {
                var options = Connecting.options(store, user)
                        .connectionListener((c, event) -> heard(event))
                        .build();
                listenBy(connector.connect(options));
                ask();
                return;
            } catch (IOException
                    | RuntimeException
                            e) { // the client throws an unchecked exception if a connection ends while it is made
                if (tries == 0) {
                    told().away(String.valueOf(e.getMessage()));
                }
                drop();
                sleep(Connecting.delay(tries));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void listenBy(Connection made) throws InterruptedException {
        if (closed) {
            made.close();
            return;
        }
        connection = made;
        var dispatcher = made.createDispatcher();
        questions.forEach((slot, question) ->
                dispatcher.subscribe(Subjects.newsOf(slot, role), message -> question.ask(Requests.sequence(message))));
        told().back();
    }

    private synchronized Listener told() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }

    private void heard(ConnectionListener.Events event) {
        if (event == ConnectionListener.Events.DISCONNECTED && !closed) {
            told().away("the connection was closed");
        } else if (event == ConnectionListener.Events.RESUBSCRIBED) {
            told().back();
            ask();
        }
    }

    @Override
    public void ask() {
        questions.values().forEach(question -> question.ask(0));
    }

    private synchronized Requests requests() throws IOException {
        if (connection == null) {
            throw new IOException("the store cannot be reached");
        }
        return new Requests(connection);
    }

    @Override
    public Optional<byte[]> object(String name, long mostBytes) throws IOException {
        return requests().object(name, mostBytes);
    }

    @Override
    public void report(String json) {
        sending.send(json);
    }

    @Override
    public synchronized void close() {
        closed = true;
        questions.values().forEach(Question::end);
        sending.end();
        if (connecting != null) {
            connecting.interrupt();
        }
        drop();
    }

    private synchronized void drop() {
        if (connection != null) {
            try {
                connection.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            connection = null;
        }
    }
}
