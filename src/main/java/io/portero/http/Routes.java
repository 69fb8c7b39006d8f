package io.portero.http;

import io.portero.reconcile.Reconciler;
import io.portero.reconcile.StatusJson;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;

/** What is answered besides metrics and health, and what is not. */
@ApplicationScoped
public class Routes {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final int FIRST = Integer.MIN_VALUE;

    private final Reconciler reconciler;
    private final StatusJson json;

    @Inject
    Routes(Reconciler reconciler, StatusJson json) {
        this.reconciler = reconciler;
        this.json = json;
    }

    void register(@Observes Router router) {
        router.route().order(FIRST).handler(Routes::readOnly);
        router.get("/status").blockingHandler(this::status, false);
    }

    private static void readOnly(RoutingContext context) {
        if (READING.contains(context.request().method())) {
            context.next();
        } else {
            context.response()
                    .setStatusCode(405)
                    .putHeader("Allow", "GET, HEAD")
                    .end();
        }
    }

    private void status(RoutingContext context) {
        context.response()
                .putHeader("Content-Type", "application/json")
                .end(json.of(reconciler.status()).toPrettyString() + "\n");
    }
}
