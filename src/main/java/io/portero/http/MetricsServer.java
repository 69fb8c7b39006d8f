package io.portero.http;

import io.portero.config.AgentSettings;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The socket on which metrics are served.
 *
 * <p>The framework's router answers, but the socket is ours. It opens after the first rules are in force, and moves
 * when the policy changes the address. If the port is in use, it retries after 1, 2, 4, 8 and then every 10 seconds;
 * the firewall is enforced meanwhile. A retry for one address ends when another address is wanted.
 */
public final class MetricsServer implements ReconcileListener {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final long FIRST_RETRY_MILLIS = 1_000;
    private static final long LAST_RETRY_MILLIS = 10_000;
    private static final int IDLE_SECONDS = 30;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_CONNECTIONS = 256;

    private final Vertx vertx;
    private final Handler<HttpServerRequest> handler;
    private final Visitors visitors = new Visitors(MAX_CONNECTIONS);
    private @Nullable Attempt attempt;
    private @Nullable HttpServer server;
    private volatile Runnable changed = () -> {};

    public MetricsServer(Vertx vertx, Handler<HttpServerRequest> handler) {
        this.vertx = vertx;
        this.handler = handler;
    }

    /** A request to listen on an address; it cancels earlier requests. */
    private record Attempt(AgentSettings.Metrics address, AtomicInteger failures) {
        long retryMillis() {
            return Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures.get() - 1, 10));
        }
    }

    /** An accepted policy is not in force yet; a later event tells the result. */
    @Override
    public void on(Event event, Status now) {
        if (!(event instanceof Event.PolicyAccepted)) {
            listen(now.file().settings().metrics());
        }
    }

    /** @param then called whenever {@link #isListening} has changed */
    public void whenChanged(Runnable then) {
        changed = then;
    }

    public synchronized boolean isListening() {
        return server != null;
    }

    /** The port, chosen by the kernel if port 0 was requested; 0 when not listening. */
    synchronized int port() {
        return server == null ? 0 : server.actualPort();
    }

    /** Moves to this address; does nothing when it already listens there or tries to. */
    synchronized void listen(AgentSettings.Metrics address) {
        if (attempt != null && attempt.address().equals(address)) {
            return;
        }
        var next = new Attempt(address, new AtomicInteger());
        attempt = next;
        var old = server;
        server = null;
        if (old == null) {
            bind(next);
        } else {
            old.close().onComplete(closed -> bind(next));
        }
    }

    private synchronized void bind(Attempt current) {
        if (isVoid(current)) {
            return;
        }
        vertx.createHttpServer(options(current.address()))
                .connectionHandler(visitors)
                .requestHandler(new Entrance(handler))
                .listen()
                .onSuccess(bound -> succeeded(current, bound))
                .onFailure(failure -> failed(current, failure));
    }

    private static HttpServerOptions options(AgentSettings.Metrics address) {
        return new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setHttp2ClearTextEnabled(false);
    }

    private synchronized void succeeded(Attempt current, HttpServer bound) {
        if (isVoid(current)) {
            bound.close();
            return;
        }
        server = bound;
        changed.run();
        LOG.log(Level.INFO, "metrics are served on " + current.address());
    }

    private synchronized void failed(Attempt current, Throwable failure) {
        if (isVoid(current)) {
            return;
        }
        if (current.failures().incrementAndGet() == 1) {
            LOG.log(
                    Level.WARNING,
                    "metrics cannot be served on " + current.address() + " (" + failure.getMessage()
                            + "); the policy is still enforced, and the agent tries again every 10 seconds:"
                            + " free that address, or change agent.metrics in the policy");
        }
        vertx.setTimer(current.retryMillis(), timer -> bind(current));
    }

    /** By identity: a later request may want the same address again. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isVoid(Attempt current) {
        return attempt != current;
    }
}
