package io.portero.fleet.nats;

import io.nats.client.ErrorListener;
import io.nats.client.Options;
import io.portero.fleet.Authorities;
import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The connection settings for a NATS store. */
final class Connecting {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PING = Duration.ofSeconds(20);
    private static final long SOONEST_MILLIS = 250;
    private static final long LATEST_MILLIS = 30_000;

    private Connecting() {}

    /** @param user also part of the inbox name, so that nobody else can receive the answers */
    static Options.Builder options(StoreSettings.Nats store, String user) throws IOException {
        var options = Options.builder()
                .servers(store.servers().toArray(String[]::new))
                .connectionName("portero " + user)
                .inboxPrefix(Subjects.inbox(user))
                .connectionTimeout(TIMEOUT)
                .pingInterval(PING)
                .maxReconnects(-1)
                .reconnectBufferSize(0) // an old status is worthless
                .bufferSize(16 * 1024)
                .ignoreDiscoveredServers()
                .noResolveHostnames() // a certificate is valid for a name
                .errorListener(new ErrorListener() {});
        options.reconnectDelayHandler(Connecting::delay);
        if (store.passwordFile().isPresent()) {
            options.userInfo(user, password(store.passwordFile().get()));
        }
        if (store.ca().isPresent()) {
            options.sslContext(NamedServers.only(Authorities.of(store.ca().get())));
        } else if (store.servers().stream().anyMatch(s -> s.startsWith("tls:"))) {
            options.sslContext(NamedServers.only(Authorities.ofThisSystem()));
        }
        return options;
    }

    private static String password(Path file) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    file + ": there is no such file; store.password-file names it: write the password there", e);
        } catch (IOException e) {
            throw new IOException(
                    file + ": the password for the store cannot be read (" + e.getMessage() + "); correct its owner"
                            + " and mode",
                    e);
        }
    }

    /** The wait doubles each time, and differs between hosts. */
    static Duration delay(long tries) {
        return about(Math.min(LATEST_MILLIS, SOONEST_MILLIS << Math.clamp(tries, 0, 10)));
    }

    /** From a quarter of that time to five quarters. */
    static Duration about(long mostMillis) {
        return Duration.ofMillis(mostMillis / 4 + ThreadLocalRandom.current().nextLong(mostMillis));
    }
}
