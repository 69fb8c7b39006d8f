package io.portero.fleet.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.NatsServers;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages for an operator who cannot connect to a store; the nats-servers are real. */
class OpeningIT {
    /** The client waits 15 s for an election, but must report other errors sooner. */
    private static final Duration QUICK = Duration.ofSeconds(12);

    private static final String ACCOUNTS = """
            accounts {
              STORE: {
                jetstream: enabled
                users: [
                  { user: "operator", password: "right" }
                  { user: "reader", password: "right", permissions: { publish: ["$JS.API.DIRECT.GET.>"] } }
                ]
              }
              OTHERS: { users: [ { user: "guest", password: "right" } ] }
            }
            """;

    @TempDir
    private Path base = Path.of("");

    private static StoreSettings.Nats as(List<String> servers, String user, Path passwordFile) {
        return new StoreSettings.Nats(servers, Optional.empty(), Optional.of(user), Optional.of(passwordFile), 0);
    }

    private Path password(String text) throws IOException {
        return Files.writeString(base.resolve("password"), text + "\n");
    }

    /** The message, if it comes in time. */
    private static String refused(StoreSettings.Nats settings) {
        long start = System.nanoTime();
        var e = catchThrowableOfType(
                IOException.class, () -> NatsStore.open(settings).close());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICK);
        assertThat(e).isNotNull();
        return String.valueOf(e.getMessage());
    }

    @Test
    void reportsAWrongPasswordAMissingRightAndAMissingJetStreamAtOnce() throws Exception {
        try (var servers = NatsServers.start(base, 1, ACCOUNTS)) {
            var store = "the store " + servers.urls().getFirst();
            assertThat(refused(as(servers.urls(), "operator", password("wrong"))))
                    .isEqualTo(store + " does not accept the user operator with this password; compare store.user and"
                            + " store.password-file in fleet.yaml with the configuration of nats-server");
            assertThat(refused(as(servers.urls(), "reader", password("right"))))
                    .startsWith(store + " does not let the user reader write policies (")
                    .contains("Permissions Violation for Publish to \"$JS.API.STREAM.INFO.KV_portero\"")
                    .endsWith("); set store.user in fleet.yaml to an operator of the store");
            assertThat(refused(as(servers.urls(), "guest", password("right"))))
                    .isEqualTo(store + " has no JetStream for the user guest; switch it on in the configuration of"
                            + " nats-server, or set store.user in fleet.yaml to an operator of the store");
            NatsStore.open(as(servers.urls(), "operator", password("right"))).close();
        }
    }

    @Test
    void reportsAMissingPasswordFile() {
        var file = base.resolve("nowhere");
        assertThat(refused(as(List.of("nats://127.0.0.1:1"), "operator", file)))
                .isEqualTo(file + ": there is no such file; store.password-file names it: write the password there");
    }

    @Test
    void namesAnUnreachableStore() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var url = "nats://127.0.0.1:" + port;
        var settings = new StoreSettings.Nats(List.of(url), Optional.empty(), Optional.empty(), Optional.empty(), 0);
        assertThat(refused(settings))
                .startsWith("the store " + url + " cannot be reached (")
                .endsWith("); see whether nats-server runs there, and whether a firewall is between");
    }

    @Test
    void waitsForAClusterThatHasJustLostAServer() throws Exception {
        for (int dead = 0; dead < 3; dead++) {
            var place = Files.createDirectories(base.resolve("cluster" + dead));
            try (var servers = NatsServers.start(place, 3, "")) {
                try (var before = NatsStore.open(servers.settings())) {
                    before.put(Slot.BUNDLE, "voice", new byte[] {1}, 0);
                }
                servers.kill(dead);
                try (var store = NatsStore.open(servers.settings())) {
                    assertThat(store.get(Slot.BUNDLE, "voice")).isPresent();
                }
            }
        }
    }
}
