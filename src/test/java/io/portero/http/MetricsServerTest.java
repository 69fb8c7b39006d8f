package io.portero.http;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.config.AgentSettings.Metrics;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static final String HERE = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger changes = new AtomicInteger();
    private final MetricsServer server =
            new MetricsServer(vertx, request -> request.response().end("hello"));

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    }

    private static ServerSocket occupied(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName(HERE));
    }

    private void listen(int port) {
        server.whenChanged(changes::incrementAndGet);
        server.listen(new Metrics(HERE, port));
    }

    private void awaitListening() {
        await().atMost(10, SECONDS).until(server::isListening);
    }

    private static String ask(int port, String request) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(HERE, port), 2000);
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    @Test
    void answersOnTheGivenPort() throws IOException {
        listen(0);
        awaitListening();
        assertThat(ask(server.port(), get("/"))).startsWith("HTTP/1.1 200").endsWith("hello");
        assertThat(changes).hasValue(1);
    }

    @Test
    void waitsForABusyPortToBecomeFree() throws IOException {
        int port;
        try (var other = occupied(0)) {
            port = other.getLocalPort();
            listen(port);
            aRetryIsOnItsWay();
        }
        awaitListening();
        assertThat(ask(port, get("/"))).endsWith("hello");
    }

    @Test
    void movesToANewPortAndStopsWaitingForTheBusyOne() throws IOException {
        int first;
        int second;
        try (var other = occupied(0);
                var free = occupied(0)) {
            first = other.getLocalPort();
            second = free.getLocalPort();
            listen(first);
            aRetryIsOnItsWay();
        }
        listen(second);
        awaitListening();
        assertThat(ask(second, get("/"))).endsWith("hello");
        listen(first);
        awaitListening();
        assertThat(ask(first, get("/"))).endsWith("hello");
        // A forgotten retry would come within this time and bind again.
        await().pollDelay(1500, MILLISECONDS).until(server::isListening);
        assertThat(server.port()).isEqualTo(first);
        assertThat(changes).hasValue(2);
        assertThat(isFree(second)).isTrue();
    }

    private void aRetryIsOnItsWay() {
        await().pollDelay(400, MILLISECONDS).until(() -> !server.isListening());
    }

    private static boolean isFree(int port) {
        try (var probe = occupied(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void refusesInvalidAndTooLongRequests() throws IOException {
        listen(0);
        awaitListening();
        assertThat(ask(server.port(), "garbage\r\n\r\n")).contains(" 400 ");
        assertThat(ask(server.port(), get("/" + "a".repeat(5000)))).contains(" 414 ");
        assertThat(ask(server.port(), "GET / HTTP/1.1\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
                .contains(" 431 ");
    }

    @Test
    void holdsNoMoreConnectionsThanItsLimitAndAnswersAgainAfterwards() throws Exception {
        listen(0);
        awaitListening();
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 300; i++) {
                sockets.add(new Socket(HERE, server.port()));
            }
            await().atMost(5, SECONDS).until(() -> open(sockets) == 256);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        await().atMost(5, SECONDS)
                .ignoreExceptions()
                .until(() -> ask(server.port(), get("/")).endsWith("hello"));
    }

    private static long open(ArrayList<Socket> sockets) {
        return sockets.stream().filter(MetricsServerTest::isOpen).count();
    }

    private static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
