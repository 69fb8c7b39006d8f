package io.portero.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The static files of the page (style, script and icon) with their response headers.
 *
 * <p>They are part of the agent and never change while it runs. Their URLs contain {@link #BUILD}, so browsers may
 * cache them, and a page that is open during an upgrade notices that it must reload.
 */
enum PageFile {
    STYLE("page.css", "text/css; charset=utf-8"),
    SCRIPT("page.js", "text/javascript; charset=utf-8"),
    ICON("page.svg", "image/svg+xml");

    /**
     * Content security policy: nothing inline, nothing from other hosts, no forms; the script may fetch the page again.
     */
    static final String SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /** A hash of the content of all files. */
    static final String BUILD = build();

    private final String file;
    private final String type;
    private final byte[] content;

    PageFile(String file, String type) {
        this.file = file;
        this.type = type;
        this.content = read("/page/" + file);
    }

    String path() {
        return "/" + file;
    }

    void send(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=86400")
                .end(Buffer.buffer(content));
    }

    private static byte[] read(String resource) {
        try (var in = PageFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not in this build");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String build() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            Arrays.stream(values()).forEach(f -> digest.update(f.content));
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
