package io.portero.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bounds how many connections are open at once.
 *
 * <p>When the limit is reached, the oldest connection is closed for the new one, so that idle connections cannot lock
 * others out. A scraper that loses its connection simply opens a new one.
 */
final class Visitors implements Handler<HttpConnection> {
    private final int most;
    private final Set<HttpConnection> open = new LinkedHashSet<>();

    Visitors(int most) {
        this.most = most;
    }

    @Override
    public void handle(HttpConnection arrived) {
        arrived.closeHandler(closed -> leave(arrived));
        var oldest = enter(arrived);
        if (oldest != arrived) {
            oldest.close();
        }
    }

    /** Adds a connection, and returns the one to close; the new one if none must be closed. */
    private synchronized HttpConnection enter(HttpConnection arrived) {
        var oldest = arrived;
        if (open.size() >= most) {
            oldest = open.iterator().next();
            open.remove(oldest);
        }
        open.add(arrived);
        return oldest;
    }

    private synchronized void leave(HttpConnection gone) {
        open.remove(gone);
    }
}
