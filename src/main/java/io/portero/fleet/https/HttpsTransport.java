package io.portero.fleet.https;

import io.portero.fleet.Authorities;
import io.portero.fleet.Bundle;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches the content of {@code signed/}, as {@code portero fleet sign} wrote it, from a web server, every half minute,
 * by ETag.
 *
 * <p>It sends no reports: the fleet's metrics show the state of a host. Redirects are not followed, and an answer is
 * bounded in size and time.
 */
public final class HttpsTransport implements Transport {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final StoreSettings.Https store;
    private final String role;
    private final SSLSocketFactory sockets;
    private final Duration every;
    private final Semaphore woken = new Semaphore(0);
    private volatile String etag = "";
    private volatile boolean closed;
    private byte[] last = new byte[0];
    private boolean up;

    public static HttpsTransport of(StoreSettings.Https store, HostSettings settings) throws IOException {
        var trust = store.ca().isPresent() ? Authorities.of(store.ca().get()) : Authorities.ofThisSystem();
        return new HttpsTransport(store, settings, trust.getSocketFactory(), EVERY);
    }

    HttpsTransport(StoreSettings.Https store, HostSettings settings, SSLSocketFactory sockets, Duration every) {
        this.store = store;
        this.role = settings.role();
        this.sockets = sockets;
        this.every = every;
    }

    @Override
    public void start(Listener told) {
        Thread.ofPlatform().daemon().name("store").start(() -> follow(told));
    }

    private void follow(Listener told) {
        boolean first = true;
        while (!closed) {
            try {
                var news = bundle();
                if (!up) {
                    told.back();
                }
                up = true;
                last = news.orElse(last);
                told.offered(Slot.BUNDLE, last); // also without a change: the server has answered
            } catch (IOException | RuntimeException e) { // even a bug must not end the requests
                if (up || first) {
                    told.away(String.valueOf(e.getMessage()));
                }
                up = false;
            }
            first = false;
            pause();
        }
    }

    private void pause() {
        try {
            long millis = every.toMillis();
            if (woken.tryAcquire(millis / 2 + ThreadLocalRandom.current().nextLong(millis), TimeUnit.MILLISECONDS)) {
                woken.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    @Override
    public void ask() {
        etag = "";
        woken.release();
    }

    @Override
    public Optional<byte[]> object(String name, long mostBytes) throws IOException {
        var url = store.base().resolve("lists/" + name);
        var answer = get(url, mostBytes, "");
        return switch (answer.code()) {
            case HttpURLConnection.HTTP_OK -> Optional.of(answer.bytes());
            case HttpURLConnection.HTTP_NOT_FOUND -> Optional.empty();
            default -> throw new IOException(url + " answers " + answer.code());
        };
    }

    /** Nothing if it has not changed. */
    private Optional<byte[]> bundle() throws IOException {
        var url = store.base().resolve(role + ".bundle");
        var answer = get(url, Bundle.MOST_BYTES + 1L, etag);
        return switch (answer.code()) {
            case HttpURLConnection.HTTP_OK -> {
                etag = answer.etag();
                yield Optional.of(answer.bytes());
            }
            case HttpURLConnection.HTTP_NOT_MODIFIED -> Optional.empty();
            default -> throw new IOException(url + " answers " + answer.code());
        };
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int code, byte[] bytes, String etag) {}

    /** A larger answer is truncated, and then matches no hash. */
    private Answer get(URI url, long mostBytes, String known) throws IOException {
        if (!(url.toURL().openConnection() instanceof HttpsURLConnection connection)) {
            throw new IOException("not an URL of HTTPS: " + url);
        }
        try {
            connection.setSSLSocketFactory(sockets);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            if (!known.isEmpty()) {
                connection.setRequestProperty("If-None-Match", known);
            }
            int code = connection.getResponseCode();
            if (code != HttpURLConnection.HTTP_OK) {
                return new Answer(code, new byte[0], "");
            }
            try (var in = connection.getInputStream()) {
                var tag = connection.getHeaderField("ETag");
                return new Answer(code, bounded(in, mostBytes), tag == null ? "" : tag);
            }
        } finally {
            connection.disconnect();
        }
    }

    private static byte[] bounded(InputStream in, long most) throws IOException {
        var whole = new ByteArrayOutputStream();
        var buffer = new byte[16 * 1024];
        long end = System.nanoTime() + LONGEST.toNanos();
        int read;
        while (whole.size() < most && (read = in.read(buffer)) >= 0) {
            whole.write(buffer, 0, read);
            if (System.nanoTime() > end) {
                throw new IOException("the answer takes longer than " + LONGEST.toMinutes() + " min");
            }
        }
        return whole.toByteArray();
    }

    @Override
    public void report(String json) {
        // A plain web server accepts no reports.
    }

    @Override
    public void close() {
        closed = true;
        woken.release();
    }
}
