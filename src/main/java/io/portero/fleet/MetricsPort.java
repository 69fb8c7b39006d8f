package io.portero.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves the metrics of a host in a fleet; the agent's own metrics have another port. */
public final class MetricsPort implements AutoCloseable {
    private final @Nullable HttpServer server;

    private MetricsPort(@Nullable HttpServer server) {
        this.server = server;
    }

    /** If the port is in use, this is logged, and there are no metrics. Port 0 serves none. */
    public static MetricsPort open(String host, int port, Supplier<String> metrics, Consumer<String> log) {
        if (port == 0) {
            return new MetricsPort(null);
        }
        try {
            var server = HttpServer.create(new InetSocketAddress(host, port), 8);
            server.createContext("/metrics", exchange -> answer(exchange, metrics));
            server.start();
            return new MetricsPort(server);
        } catch (IOException e) {
            log.accept("metrics are not served: " + host + " port " + port + ": " + e.getMessage() + "; set"
                    + " another port with metrics: in fleet.yaml");
            return new MetricsPort(null);
        }
    }

    private static void answer(HttpExchange exchange, Supplier<String> metrics) throws IOException {
        try (exchange) {
            var bytes = metrics.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
    }
}
