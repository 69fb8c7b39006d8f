package io.portero.http;

import io.portero.reconcile.Reconciler;
import io.portero.reconcile.StatusJson;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;

/** What is answered besides metrics and health, and what is not. */
@ApplicationScoped
public class Routes {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final List<String> KNOWN = List.of("/metrics", "/status", "/health");
    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final int FIRST = Integer.MIN_VALUE;

    private final Reconciler reconciler;
    private final StatusJson json;
    private final MetricsText metrics;

    @Inject
    Routes(Reconciler reconciler, StatusJson json, MetricsText metrics) {
        this.reconciler = reconciler;
        this.json = json;
        this.metrics = metrics;
    }

    void register(@Observes Router router) {
        router.route().order(FIRST).handler(Routes::readOnly);
        router.route("/metrics").order(FIRST + 1).blockingHandler(this::metrics, false);
        router.get("/status").method(HttpMethod.HEAD).blockingHandler(this::status, false);
    }

    /** Nothing here can be written, and the body of who tries it all the same is not waited for. */
    private static void readOnly(RoutingContext context) {
        if (READING.contains(context.request().method())) {
            context.next();
            return;
        }
        var response = context.response().putHeader(HttpHeaders.CONNECTION, "close");
        if (isKnown(context.request().path())) {
            response.setStatusCode(405)
                    .putHeader(HttpHeaders.ALLOW, "GET, HEAD")
                    .end();
        } else {
            response.setStatusCode(404).end();
        }
    }

    private static boolean isKnown(String path) {
        return KNOWN.stream().anyMatch(known -> path.equals(known) || path.startsWith(known + "/"));
    }

    /** The framework gives OpenMetrics to whoever accepts anything; people and promtool expect the older text. */
    private void metrics(RoutingContext context) {
        var accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        if (accepted != null && accepted.contains("openmetrics")) {
            context.next();
        } else {
            context.response().putHeader(HttpHeaders.CONTENT_TYPE, PLAIN).end(metrics.scrape());
        }
    }

    private void status(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(json.of(reconciler.status()).toPrettyString() + "\n");
    }
}
