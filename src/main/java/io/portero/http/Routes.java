package io.portero.http;

import io.portero.files.ThisHost;
import io.portero.reconcile.Reconciler;
import io.portero.status.Facts;
import io.portero.status.StatusComposer;
import io.portero.status.StatusJson;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The HTTP routes besides metrics and health, and the rejection of everything else. */
@ApplicationScoped
public class Routes {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final List<String> KNOWN = List.of("/metrics", "/status", "/health");
    private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final int FIRST = Integer.MIN_VALUE;

    private final Reconciler reconciler;
    private final StatusComposer status;
    private final MetricsText metrics;
    private final Facts latest;
    private final Rates rates = new Rates(System::nanoTime);
    private final RateHistory rateHistory = new RateHistory(System::nanoTime);
    private final String host = ThisHost.name().orElse("this host");

    @Inject
    Routes(Reconciler reconciler, StatusComposer status, MetricsText metrics, Facts latest) {
        this.reconciler = reconciler;
        this.status = status;
        this.metrics = metrics;
        this.latest = latest;
    }

    void register(@Observes Router router) {
        router.route().order(FIRST).handler(Routes::readOnly);
        router.route("/metrics").order(FIRST + 1).blockingHandler(this::metrics, false);
        router.get("/status").method(HttpMethod.HEAD).blockingHandler(this::status, false);
        for (var file : PageFile.values()) {
            router.get(file.path()).method(HttpMethod.HEAD).handler(file::send);
        }
        router.get("/").method(HttpMethod.HEAD).blockingHandler(this::page, false);
    }

    /** The server is read only, and does not wait for the body of a write request. */
    private static void readOnly(RoutingContext context) {
        // Forbids the browser to guess content types.
        context.response().putHeader("X-Content-Type-Options", "nosniff");
        if (READING.contains(context.request().method())) {
            context.next();
            return;
        }
        var response = context.response().putHeader(HttpHeaders.CONNECTION, "close");
        if (isKnown(context.request().path())) {
            response.setStatusCode(405).putHeader(HttpHeaders.ALLOW, "GET, HEAD");
        } else {
            response.setStatusCode(404);
        }
        // The header alone does not close the connection, and the client could continue to send a body.
        response.end().onComplete(sent -> context.request().connection().close());
    }

    private static boolean isKnown(String path) {
        return path.equals("/")
                || Arrays.stream(PageFile.values()).anyMatch(f -> f.path().equals(path))
                || KNOWN.stream().anyMatch(known -> path.equals(known) || path.startsWith(known + "/"));
    }

    /**
     * The framework would answer a client that accepts any type with OpenMetrics; people and promtool expect the older
     * text format.
     */
    private void metrics(RoutingContext context) {
        var accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        boolean open = accepted != null && accepted.contains("openmetrics");
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, open ? OPEN : PLAIN)
                .end(open ? metrics.openMetrics() : metrics.plain());
        rateHistory.note(latest.counters().get());
    }

    private void status(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(StatusJson.pretty(status.of(reconciler.status())));
    }

    private void page(RoutingContext context) {
        var counters = latest.counters().get();
        rateHistory.note(counters);
        var traffic = new Traffic(rates.of(counters), rateHistory::curve);
        var view = StatusView.of(host, status.of(reconciler.status()), traffic, Instant.now());
        send(context.response(), new StatusPage(view).render());
    }

    static void send(HttpServerResponse response, String page) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("Content-Security-Policy", PageFile.SECURITY_POLICY)
                .putHeader("Referrer-Policy", "no-referrer")
                .end(page);
    }
}
