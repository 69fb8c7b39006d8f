package io.portero.fleet.nats;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a host hears of a JetStream store.
 *
 * <p>It subscribes to the subjects of its keys and asks for their last values whenever a connection is made: no consumer is kept
 * on the server for it, whose cost per host is a connection. A message that a server lost is made up for by the next question.
 */
public final class NatsTransport implements Transport {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String LISTS = "OBJ_" + Subjects.LISTS;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final StoreSettings.Nats store;
    private final String user;
    private final String host;
    private final String role;
    private @Nullable Connection connection;
    private @Nullable Thread asking;
    private volatile boolean closed;
    private @Nullable Listener listener;

    public NatsTransport(StoreSettings.Nats store, HostSettings settings) {
        this.store = store;
        this.user = store.user().orElse(settings.host());
        this.host = settings.host();
        this.role = settings.role();
    }

    @Override
    public synchronized void start(Listener told) {
        listener = told;
        asking = Thread.ofPlatform().daemon().name("store").start(this::connect);
    }

    /** The client tries again by itself only where it was connected once. */
    private void connect() {
        for (long tries = 0; !closed; tries++) {
            try {
                var options = Connecting.options(store, user)
                        .connectionListener((c, event) -> heard(event))
                        .build();
                var made = Nats.connect(options);
                subscribe(made);
                ask();
                return;
            } catch (IOException e) {
                if (tries == 0) {
                    told().reachable(false);
                }
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

    private synchronized void subscribe(Connection made) throws InterruptedException {
        if (closed) {
            made.close();
            return;
        }
        connection = made;
        var dispatcher = made.createDispatcher();
        for (var slot : Slot.values()) {
            dispatcher.subscribe(Subjects.ofKey(slot, role), message -> told().offered(slot, content(message)));
        }
        told().reachable(true);
    }

    private synchronized Listener told() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }

    private void heard(ConnectionListener.Events event) {
        if (event == ConnectionListener.Events.DISCONNECTED && !closed) {
            told().reachable(false);
        } else if (event == ConnectionListener.Events.RESUBSCRIBED) {
            told().reachable(true);
            ask();
        }
    }

    /** Nothing for a key that was deleted. */
    private static byte[] content(Message message) {
        var headers = message.getHeaders();
        return headers != null && headers.containsKey("KV-Operation") ? new byte[0] : bytes(message);
    }

    private static byte[] bytes(Message message) {
        var data = message.getData();
        return data == null ? new byte[0] : data;
    }

    @Override
    public void ask() {
        Thread.ofVirtual().name("asks the store").start(() -> {
            for (var slot : new Slot[] {Slot.GATE, Slot.BUNDLE, Slot.NEXT}) {
                try {
                    var answer = request(Subjects.lastOf(Subjects.STREAM, Subjects.ofKey(slot, role)), "");
                    told().offered(slot, answer.map(NatsTransport::content).orElse(new byte[0]));
                } catch (IOException e) {
                    return; // it will be asked again
                }
            }
        });
    }

    /** Nothing when the store says that there is none. */
    private Optional<Message> request(String subject, String question) throws IOException {
        var current = current();
        try {
            var answer = current.request(subject, question.getBytes(StandardCharsets.UTF_8), TIMEOUT);
            if (answer == null) {
                throw new IOException("the store does not answer");
            }
            var status = answer.isStatusMessage() ? answer.getStatus().getCode() : 0;
            if (status == 404) {
                return Optional.empty();
            }
            if (status != 0) {
                throw new IOException("the store answers " + status);
            }
            return Optional.of(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the store was not waited for", e);
        } catch (IllegalStateException e) {
            throw new IOException("the store is away", e);
        }
    }

    private synchronized Connection current() throws IOException {
        if (connection == null) {
            throw new IOException("the store is away");
        }
        return connection;
    }

    @Override
    public Optional<byte[]> object(String name, long mostBytes) throws IOException {
        var meta = request(Subjects.lastOf(LISTS, Subjects.object(name)), "");
        if (meta.isEmpty()) {
            return Optional.empty();
        }
        var info = MAPPER.readTree(bytes(meta.get()));
        int chunks = info.path("chunks").asInt();
        var subject = Subjects.chunks(info.path("nuid").asText());
        if (info.path("deleted").asBoolean() || !subject.matches("[$A-Za-z0-9._-]+")) {
            return Optional.empty();
        }
        var whole = new ByteArrayOutputStream();
        long sequence = 1;
        for (int i = 0; i < chunks; i++) {
            var question = MAPPER.createObjectNode().put("seq", sequence).put("next_by_subj", subject);
            var chunk = request("$JS.API.DIRECT.GET." + LISTS, question.toString());
            if (chunk.isEmpty()) {
                throw new IOException("the store has only a part of it");
            }
            whole.write(bytes(chunk.get()));
            if (whole.size() > mostBytes) {
                throw new IOException("the store has more of it than there should be");
            }
            var headers = chunk.get().getHeaders();
            sequence = Long.parseLong(headers == null ? "0" : headers.getFirst("Nats-Sequence")) + 1;
        }
        return Optional.of(whole.toByteArray());
    }

    @Override
    public void report(String json) {
        try {
            var current = current();
            if (current.getStatus() == Connection.Status.CONNECTED) {
                current.publish(Subjects.status(host), json.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalStateException e) {
            // It is told again when the store is back, and every minute.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (asking != null) {
            asking.interrupt();
        }
        if (connection != null) {
            try {
                connection.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
