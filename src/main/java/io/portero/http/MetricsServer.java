package io.portero.http;

import io.portero.config.AgentSettings;
import io.portero.reconcile.Event;
import io.portero.reconcile.ReconcileListener;
import io.portero.reconcile.Status;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The socket on which metrics are served.
 *
 * <p>The framework's router answers, but the socket is ours: it comes after the first policy, moves when the policy says
 * so, and where the port is taken it is tried again every ten seconds while the firewall is enforced all the same.
 */
public final class MetricsServer implements ReconcileListener {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final long RETRY_MILLIS = 10_000;
    private static final int IDLE_SECONDS = 30;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_LINE_BYTES = 4096;

    private final Vertx vertx;
    private final Router router;
    private AgentSettings.@Nullable Metrics wanted;
    private @Nullable HttpServer server;
    private boolean complained;

    public MetricsServer(Vertx vertx, Router router) {
        this.vertx = vertx;
        this.router = router;
    }

    @Override
    public void on(Event event, Status now) {
        listen(now.file().settings().metrics());
    }

    /** Moves to this address; does nothing when it is there, or on its way there. */
    synchronized void listen(AgentSettings.Metrics address) {
        if (address.equals(wanted)) {
            return;
        }
        wanted = address;
        complained = false;
        var old = server;
        server = null;
        if (old == null) {
            bind(address);
        } else {
            old.close().onComplete(closed -> bind(address));
        }
    }

    private synchronized void bind(AgentSettings.Metrics address) {
        if (!address.equals(wanted)) {
            return; // the policy changed its mind meanwhile
        }
        var options = new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES);
        vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .onSuccess(bound -> succeeded(address, bound))
                .onFailure(failure -> failed(address, failure));
    }

    private synchronized void succeeded(AgentSettings.Metrics address, HttpServer bound) {
        if (!address.equals(wanted)) {
            bound.close();
            return;
        }
        server = bound;
        LOG.log(Level.INFO, "metrics are served on " + address);
    }

    private synchronized void failed(AgentSettings.Metrics address, Throwable failure) {
        if (!complained) {
            complained = true;
            LOG.log(
                    Level.WARNING,
                    "metrics cannot be served on " + address + " (" + failure.getMessage()
                            + "); the firewall is enforced all the same, and it is tried again every 10 seconds: free the"
                            + " port or change agent.metrics.port");
        }
        vertx.setTimer(RETRY_MILLIS, timer -> bind(address));
    }
}
