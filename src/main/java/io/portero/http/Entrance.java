package io.portero.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Passes valid requests to the router, and rejects all others without a log line.
 *
 * <p>The framework's router logs an error, some with a stack trace, for an escape sequence, a protocol version or a
 * Host that it does not understand, so that anybody who reaches the port could fill the journal. Paths are compared as
 * they were sent, never decoded.
 */
final class Entrance implements Handler<HttpServerRequest> {
    private static final Set<String> PATHS = Stream.concat(
                    Stream.of("/", "/metrics", "/status", "/health", "/health/live", "/health/ready"),
                    Arrays.stream(PageFile.values()).map(PageFile::path))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<HttpVersion> VERSIONS = Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

    private final Handler<HttpServerRequest> router;

    Entrance(Handler<HttpServerRequest> router) {
        this.router = router;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!isUnderstood(request)) {
            turnAway(request, 400);
        } else if (!PATHS.contains(request.path())) {
            turnAway(request, 404);
        } else {
            router.handle(request);
        }
    }

    private static boolean isUnderstood(HttpServerRequest request) {
        @Nullable HttpVersion version = request.version();
        if (version == null || !VERSIONS.contains(version) || request.path() == null) {
            return false;
        }
        // RFC 9112, 3.2: a request of version 1.1 names a host.
        return version == HttpVersion.HTTP_1_0 || request.authority() != null;
    }

    private static void turnAway(HttpServerRequest request, int status) {
        if (request.response().ended()) {
            return;
        }
        // Without the close, such a client could send a body for ever.
        request.response()
                .setStatusCode(status)
                .putHeader("Connection", "close")
                .end()
                .onComplete(sent -> request.connection().close());
    }
}
