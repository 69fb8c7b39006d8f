package io.portero.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Bounds how many connections are open at once.
 *
 * <p>The oldest gives way to a new one, so that holding connections open keeps nobody else out; an honest scraper whose
 * connection went simply opens another.
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

    /** Returns who must go, the one who arrived when nobody must. */
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
