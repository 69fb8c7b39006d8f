package io.portero;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.events.Trigger;
import io.portero.http.MetricsServer;
import io.portero.reconcile.Reconciler;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients may send anything to the port; the agent continues to enforce and to answer. */
@QuarkusTest
class BadClientsTest {
    private static final long HEAP_ALLOWED = 64L * 1024 * 1024;

    @Inject
    Reconciler reconciler;

    @Inject
    MetricsServer server;

    @Inject
    AgentFiles files;

    private final List<Socket> held = new ArrayList<>();

    @BeforeEach
    void enforce() {
        reconciler.pass(Trigger.STARTUP);
        await().until(server::isListening);
    }

    @AfterEach
    void letGo() throws IOException {
        for (var socket : held) {
            socket.close();
        }
    }

    @Test
    void answersAHundredScrapesAtOnce() throws Exception {
        var scrapes = new ArrayList<Callable<String>>();
        for (int i = 0; i < 100; i++) {
            scrapes.add(() -> ask(get("/metrics")));
        }
        try (var threads = Executors.newFixedThreadPool(100)) {
            for (var scrape : threads.invokeAll(scrapes)) {
                assertThat(scrape.get()).startsWith("HTTP/1.1 200 ").contains("\nportero_in_sync 1.0\n");
            }
        }
    }

    @Test
    void enforcesAndAnswersWhileClientsHoldConnectionsOpen() throws Exception {
        for (int i = 0; i < 600; i++) {
            var socket = connect();
            held.add(socket);
            send(
                    socket,
                    switch (i % 4) {
                        case 0 -> ""; // sends nothing
                        case 1 -> "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "; // never ends its header
                        case 2 ->
                            "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nand then nothing";
                        default -> "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"; // never reads the answer
                    });
        }

        var digest = digest();
        var policy = Files.readString(files.config());
        Files.writeString(
                files.config(), policy.replace("services:\n", "services:\n  web: { ports: [443/tcp], from: [any] }\n"));
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).as("the edit is in force").isNotEqualTo(digest);
        Files.writeString(files.config(), policy);
        reconciler.pass(Trigger.FILE);
        assertThat(digest()).isEqualTo(digest);

        assertThat(ask(get("/metrics"))).startsWith("HTTP/1.1 200 ");
        assertThat(ask(get("/"))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void memoryStaysBoundedUnderGarbage() throws Exception {
        var random = new Random(7);
        garbage(random, 200);
        long before = heap();
        garbage(random, 3000);
        assertThat(heap() - before).isLessThan(HEAP_ALLOWED);
        assertThat(ask(get("/metrics"))).startsWith("HTTP/1.1 200 ");
    }

    private void garbage(Random random, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            var bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            var start = List.of(
                            "",
                            "GET ",
                            "GET / HTTP/1.1\r\n",
                            "GET / HTTP/1.1\r\nHost: x\r\nX: ",
                            "PRI * HTTP/2.0\r\n\r\n")
                    .get(i % 5);
            try (var socket = connect()) {
                send(socket, start + new String(bytes, ISO_8859_1));
            }
        }
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void answersInvalidRequestsWith4xx() throws Exception {
        var close = "Connection: close\r\n\r\n";
        for (var wrong : List.of(
                "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n" + close,
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n" + close,
                "GET /metrics/../status HTTP/1.1\r\nHost: x\r\n" + close,
                "GET /%zz HTTP/1.1\r\nHost: x\r\n" + close,
                "GET /%00 HTTP/1.1\r\nHost: x\r\n" + close,
                "GET //evil.example/ HTTP/1.1\r\nHost: x\r\n" + close,
                "GET /templates/StatusPage.html HTTP/1.1\r\nHost: x\r\n" + close,
                "GET / HTTP/1.1\r\nHost: <script>\r\n" + close,
                "GET / HTTP/1.1\r\n" + close,
                "GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n" + close,
                "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(10_000) + "\r\n" + close,
                "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(3000) + close,
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                "DELETE /status HTTP/1.1\r\nHost: x\r\n" + close,
                "TRACE /metrics HTTP/1.1\r\nHost: x\r\n" + close,
                "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n" + close,
                "FOO / HTTP/1.1\r\nHost: x\r\n" + close,
                "hello\r\n\r\n")) {
            var first = wrong.lines().findFirst().orElse("");
            assertThat(ask(wrong))
                    .as(first.substring(0, Math.min(60, first.length())))
                    .matches("(?s)HTTP/1\\.[01] 4.*");
        }
    }

    @Test
    void doesNotRepeatTheHostNameOfTheRequest() throws Exception {
        assertThat(ask("GET /?q=evil.example HTTP/1.1\r\nHost: evil.example\r\nReferer: http://evil.example\r\n"
                        + "X-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("evil.example");
    }

    private String digest() {
        return reconciler.status().policy().orElseThrow().digest();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    private String ask(String request) throws IOException {
        try (var socket = connect()) {
            send(socket, request);
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketTimeoutException e) {
            return "no answer";
        }
    }

    private static Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getByName("127.0.0.1"), AgentHttpTest.PORT);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** The server may close the connection before everything is sent. */
    private static void send(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        } catch (IOException e) {
            assertThat(e.getMessage()).containsAnyOf("reset", "Broken pipe");
        }
    }
}
