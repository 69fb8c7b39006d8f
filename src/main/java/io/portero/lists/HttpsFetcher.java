package io.portero.lists;

import io.portero.names.Resolver;
import io.portero.policy.Reference.UrlList;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;

/**
 * Fetches lists by HTTP/1.1 over TLS, with one connection for each request.
 *
 * <p>It speaks HTTP itself because the socket must connect to the very address that was checked: an HTTP client that
 * resolves the name again could be led to another address (DNS rebinding). It sends no cookie and no password, and
 * keeps nothing between fetches.
 */
public final class HttpsFetcher implements Fetcher {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long MOST_BYTES = 16L * 1024 * 1024;
    private static final int MOST_REDIRECTS = 5;
    private static final int LONGEST_URL = 4096;
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    private final TlsConnector connector;
    private final TrustStore authorities;
    private final String agent;
    private final Duration limit;

    /** @param agent the value of User-Agent */
    public HttpsFetcher(Resolver resolver, String agent) {
        this(resolver, TrustStore.ofThisSystem(System.getenv("SSL_CERT_FILE")), agent, LIMIT);
    }

    HttpsFetcher(Resolver resolver, TrustStore authorities, String agent, Duration limit) {
        this.connector = new TlsConnector(resolver);
        this.authorities = authorities;
        this.agent = agent;
        this.limit = limit;
    }

    @Override
    public Fetched fetch(UrlList list, Validators known) {
        try (var deadline = Deadline.in(limit)) {
            try {
                return fetch(list, known, deadline);
            } catch (Unfetched e) {
                return deadline.hasPassed() ? Fetched.Failed.because(deadline.sentence()) : e.failed();
            } catch (IOException e) {
                return Fetched.Failed.because(deadline.hasPassed() ? deadline.sentence() : why(e));
            }
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case EOFException eof -> "the answer is incomplete";
            case ZipException zip -> "the answer cannot be decompressed";
            case SSLException tls -> "TLS failed: " + root(tls);
            default -> String.valueOf(e.getMessage());
        };
    }

    /** The outer exceptions only repeat the message of the inner one. */
    private static String root(Throwable e) {
        var cause = e;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}", " ");
    }

    private Fetched fetch(UrlList list, Validators known, Deadline deadline) throws IOException {
        var sockets = authorities.sockets();
        var url = URI.create(list.address());
        var destinations = new Destinations(TlsConnector.Host.of(url).literal());
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            try (var socket = connector.connect(url, destinations, sockets, deadline)) {
                socket.getOutputStream().write(request(url, known).getBytes(StandardCharsets.ISO_8859_1));
                var in = new BufferedInputStream(socket.getInputStream());
                var head = HttpHead.read(in);
                switch (head.status()) {
                    case 200 -> {
                        var body = new Counted(HttpBody.of(head, in, MOST_BYTES));
                        var members = ListBody.read(list, body);
                        var validators = new Validators(head.field("etag"), head.field("last-modified"));
                        return new Fetched.Content(members, body.bytes(), validators);
                    }
                    case 304 -> {
                        if (known.equals(Validators.NONE)) {
                            throw new Unfetched(
                                    "the server answers 304 (not modified) to a request without conditions");
                        }
                        return new Fetched.Unchanged();
                    }
                    case 301, 302, 303, 307, 308 -> url = redirected(url, head);
                    default -> throw refused(head);
                }
            }
        }
        throw new Unfetched("it is redirected more than " + MOST_REDIRECTS + " times");
    }

    private String request(URI url, Validators known) {
        var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var text = new StringBuilder("GET " + path)
                .append(url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                .append(" HTTP/1.1\r\nHost: " + url.getRawAuthority())
                .append("\r\nUser-Agent: " + agent)
                .append("\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nConnection: close\r\n");
        known.etag().ifPresent(v -> text.append("If-None-Match: " + v + "\r\n"));
        known.lastModified().ifPresent(v -> text.append("If-Modified-Since: " + v + "\r\n"));
        return text + "\r\n";
    }

    private static URI redirected(URI from, HttpHead head) throws Unfetched {
        var location = head.field("location").orElseThrow(() -> new Unfetched("the redirect has no Location"));
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Unfetched("it is redirected to something that is not a URL");
        }
        if (!"https".equalsIgnoreCase(to.getScheme()) || to.getRawAuthority() == null) {
            throw new Unfetched("it is redirected to a URL that is not HTTPS");
        }
        if (to.getRawUserInfo() != null
                || to.getHost() == null
                || to.toASCIIString().length() > LONGEST_URL) {
            throw new Unfetched("it is redirected to a URL that cannot be a list");
        }
        return URI.create(to.toASCIIString());
    }

    private static Unfetched refused(HttpHead head) {
        var pause = head.field("retry-after")
                .filter(v -> v.matches("\\d{1,6}"))
                .map(v -> Duration.ofSeconds(Long.parseLong(v)))
                .map(d -> d.compareTo(LONGEST_RETRY) < 0 ? d : LONGEST_RETRY);
        return new Unfetched("the server answers " + head.status() + meaning(head.status()), pause.orElse(null));
    }

    private static String meaning(int status) {
        return switch (status) {
            case 401, 403 -> " (reading it is forbidden)";
            case 404, 410 -> " (there is no such list)";
            case 429 -> " (too many requests)";
            default -> status >= 500 ? " (it fails)" : "";
        };
    }

    /** Counts the bytes that are read from a stream. */
    private static final class Counted extends FilterInputStream {
        private long bytes;

        private Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            bytes += Math.max(read, 0);
            return read;
        }

        private long bytes() {
            return bytes;
        }
    }
}
