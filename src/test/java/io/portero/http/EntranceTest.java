package io.portero.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntranceTest {
    private static final String HOST = "\r\nHost: x\r\n\r\n";

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server = vertx.createHttpServer();

    @BeforeEach
    void open() throws Exception {
        var options = new HttpServerOptions()
                .setHost(InetAddress.getLoopbackAddress().getHostAddress())
                .setPort(0)
                .setHttp2ClearTextEnabled(false);
        server = vertx.createHttpServer(options)
                .connectionHandler(new Visitors(4))
                .requestHandler(new Entrance(request -> request.response().end("in")))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET / HTTP/1.1                 | 200
            GET /metrics?name=%zz HTTP/1.1 | 200
            HEAD /status HTTP/1.1          | 200
            POST /health/live HTTP/1.1     | 200
            GET http://x/metrics HTTP/1.1  | 200
            GET /page.js?0123 HTTP/1.1     | 200
            GET /page/page.js HTTP/1.1     | 404
            GET /nothing HTTP/1.1          | 404
            GET /metrics/ HTTP/1.1         | 404
            GET /metrics/x HTTP/1.1        | 404
            GET /%zz HTTP/1.1              | 404
            GET /%6detrics HTTP/1.1        | 404
            GET /../../etc/passwd HTTP/1.1 | 404
            garbage                        | 400
            """)
    void answersOnlyKnownRequests(String line, int status) throws Exception {
        assertThat(ask(line + HOST)).contains(" " + status + " ");
    }

    @Test
    void refusesAMissingOrInvalidHost() throws Exception {
        assertThat(ask("GET / HTTP/1.1\r\n\r\n")).contains(" 400 ");
        assertThat(ask("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")).contains(" 400 ");
        assertThat(ask("GET / HTTP/1.0\r\n\r\n")).contains(" 200 ");
    }

    /**
     * Here, Vert.x itself refuses it as not implemented; in the packaged application the request reaches the entrance.
     */
    @Test
    void refusesAnInvalidProtocolVersion() throws Exception {
        assertThat(ask("GET /metrics HTTP/9.9" + HOST)).containsPattern(" (400|501) ");
    }

    @Test
    void closesTheOldestConnectionWhenThereAreTooMany() throws Exception {
        var held = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 10; i++) {
                held.add(connect());
            }
            assertThat(ask("GET / HTTP/1.1" + HOST)).contains(" 200 ");
            assertThat(held.getFirst().getInputStream().read()).isEqualTo(-1);
        } finally {
            for (var socket : held) {
                socket.close();
            }
        }
    }

    /** Sends a request and returns the first line of the answer. */
    private String ask(String request) throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("nothing");
        }
    }

    private Socket connect() throws Exception {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        socket.setSoTimeout(5000);
        return socket;
    }
}
