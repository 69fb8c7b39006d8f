package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import io.portero.exec.Child;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.NatsStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped configuration of NATS, with one compromised host. */
class FleetRightsIT {
    private static final Path SHIPPED = Path.of("packaging/nats/portero-fleet.conf");
    private static final Path AUTHORITY = Path.of("src/test/resources/lists/authority.pem");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path base = Path.of("");

    private Child server;
    private int port;

    @BeforeEach
    void theShippedConfigurationRuns() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        certificate();
        var text = Files.readString(SHIPPED)
                .replace("0.0.0.0:4222", "127.0.0.1:" + port)
                .replace("/etc/nats", base.toString())
                .replace("/var/lib/nats", base.resolve("store").toString());
        var file = Files.writeString(base.resolve("nats.conf"), text);
        server = Child.logging(List.of("nats-server", "-c", file.toString()), base.resolve("nats.log"));
    }

    private void certificate() throws Exception {
        var password = "changeit".toCharArray();
        try (var in = Files.newInputStream(Path.of("src/test/resources/lists/good.p12"))) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            var alias = store.aliases().nextElement();
            Files.writeString(
                    base.resolve("server.pem"),
                    pem("CERTIFICATE", store.getCertificate(alias).getEncoded()));
            Files.writeString(
                    base.resolve("server.key"),
                    pem("PRIVATE KEY", store.getKey(alias, password).getEncoded()));
        }
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    @AfterEach
    void end() throws Exception {
        server.kill();
        server.await();
    }

    private StoreSettings.Nats as(String user) throws IOException {
        return as(user, "127.0.0.1");
    }

    private StoreSettings.Nats as(String user, String server) throws IOException {
        var password = Files.writeString(base.resolve(user + ".password"), user.toUpperCase() + "-PASSWORD\n");
        return new StoreSettings.Nats(
                List.of("tls://" + server + ":" + port),
                Optional.of(AUTHORITY),
                Optional.of(user),
                Optional.of(password),
                1);
    }

    private OperatorStore operator() {
        return await().atMost(PATIENCE).ignoreExceptions().until(() -> NatsStore.open(as("operator")), s -> s != null);
    }

    @Test
    void aHostGetsItsPolicyAndACompromisedHostCanForgeNothing() throws Exception {
        var fleet = new TestFleet(base, "voice1", "voice2");
        try (var store = operator();
                var one = TestHost.of(base, "voice1", as("voice1"), fleet.allowed, fleet.keys.keygen());
                var two = TestHost.of(base, "voice2", as("voice2"), fleet.allowed, fleet.keys.keygen())) {
            fleet.sign();
            fleet.push(store);
            await().atMost(PATIENCE).until(() -> one.has(1) && two.has(1));
            await().atMost(PATIENCE).until(() -> store.reports().size() == 2);
            var bundle = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();

            var violations = breakIn(store.reports().get("voice1").json().replace("voice1", "voice2"));
            assertThat(store.get(Transport.Slot.BUNDLE, "voice").orElseThrow().revision())
                    .isEqualTo(bundle.revision());
            assertThat(store.get(Transport.Slot.GATE, "voice")).isEmpty();
            assertThat(store.get(Transport.Slot.BUNDLE, "data")).isEmpty();
            assertThat(store.hasObject("forged")).isFalse();
            assertThat(store.reports().get("voice2").why()).isEmpty();
            assertThat(violations)
                    .anyMatch(v -> v.contains("Publish to \"$KV.portero.bundle.voice\""))
                    .anyMatch(v -> v.contains("Publish to \"$KV.portero-status.voice2\""))
                    .anyMatch(v -> v.contains("Publish to \"$JS.API.STREAM.DELETE.KV_portero\""))
                    .anyMatch(v -> v.contains("Publish to \"$O.portero-lists.M.forged\""))
                    .anyMatch(v -> v.contains("Publish to \"$KV.portero.gate.voice\""))
                    .anyMatch(v -> v.contains("Subscription to \"_INBOX_voice2.>\""))
                    .anyMatch(v -> v.contains("Subscription to \"portero.news.*.data\""))
                    .anyMatch(v -> v.contains("Publish to \"portero.news.bundle.voice\""))
                    .anyMatch(v -> v.contains("Subscription to \"$KV.portero.>\""))
                    .anyMatch(v -> v.contains("Subscription to \">\""));
            assertThat(two.has(1)).isTrue();
        }
    }

    /** Tries every misuse of voice1's credential; returns the errors of the server. */
    private List<String> breakIn(String forgedStatus) throws Exception {
        var violations = new CopyOnWriteArrayList<String>();
        try (var connection = connect("VOICE1-PASSWORD", violations)) {
            var forged = "{\"forged\":true}".getBytes(StandardCharsets.UTF_8);
            connection.publish("$KV.portero.bundle.voice", forged);
            connection.publish("$KV.portero.gate.voice", forged);
            connection.publish("$KV.portero.roll", forged);
            connection.publish("$O.portero-lists.M.forged", forged);
            connection.publish("$KV.portero-status.voice2", forgedStatus.getBytes(StandardCharsets.UTF_8));
            connection.publish("$JS.API.STREAM.DELETE.KV_portero", new byte[0]);
            connection.publish("$JS.API.STREAM.PURGE.KV_portero", new byte[0]);
            connection.publish("_INBOX_operator.x", forged);
            connection.subscribe("_INBOX_voice2.>");
            connection.subscribe("portero.news.*.data");
            connection.subscribe("$KV.portero.>");
            connection.publish("portero.news.bundle.voice", forged);
            connection.subscribe(">");
            connection.flush(PATIENCE);
            await().atMost(PATIENCE).until(() -> violations.size() >= 13);
        }
        return violations;
    }

    /**
     * The server itself sends its answer to the reply subject of a request, and its answers may be published on any
     * subject.
     */
    @Test
    void aHostCannotWriteIntoTheStoreThroughAnswersOfTheServer() throws Exception {
        var fleet = new TestFleet(base, "voice1", "voice2");
        try (var store = operator();
                var two = TestHost.of(base, "voice2", as("voice2"), fleet.allowed, fleet.keys.keygen())) {
            fleet.sign();
            fleet.push(store);
            await().atMost(PATIENCE).until(() -> two.has(1));
            await().atMost(PATIENCE).until(() -> store.reports().containsKey("voice2"));
            var bundle = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
            var nothing = new byte[0];
            try (var connection = connect("VOICE1-PASSWORD", new CopyOnWriteArrayList<>())) {
                for (var target : List.of(
                        "$KV.portero.bundle.voice",
                        "$KV.portero.gate.voice",
                        "$KV.portero.bundle.data",
                        "$KV.portero-status.voice2",
                        "$O.portero-lists.M.forged",
                        "portero.news.bundle.voice")) {
                    connection.publish("$KV.portero-status.voice1", target, "{}".getBytes(StandardCharsets.UTF_8));
                    connection.publish("$JS.API.DIRECT.GET.KV_portero.$KV.portero.bundle.voice", target, nothing);
                }
                var all = new Headers().add("Nats-Rollup", "all");
                connection.publish("$KV.portero-status.voice1", all, "{}".getBytes(StandardCharsets.UTF_8));
                connection.flush(PATIENCE);
            }
            Thread.sleep(500);
            assertThat(store.get(Transport.Slot.BUNDLE, "voice").orElseThrow().revision())
                    .isEqualTo(bundle.revision());
            assertThat(store.get(Transport.Slot.GATE, "voice")).isEmpty();
            assertThat(store.get(Transport.Slot.BUNDLE, "data")).isEmpty();
            assertThat(store.hasObject("forged")).isFalse();
            assertThat(store.reports()).containsKey("voice2");
        }
    }

    private Connection connect(String password, List<String> violations) throws Exception {
        return Nats.connect(Options.builder()
                .server("tls://127.0.0.1:" + port)
                .sslContext(Authorities.of(AUTHORITY))
                .userInfo("voice1", password)
                .maxReconnects(0)
                .errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection from, String error) {
                        violations.add(error);
                    }
                })
                .build());
    }

    @Test
    void aServerWithTheCertificateOfAnotherGetsNoPassword() throws Exception {
        operator().close();
        var elsewhere = as("operator", "localhost"); // the certificate does not contain this name
        assertThatThrownBy(() -> NatsStore.open(elsewhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be reached");
        assertThat(Files.readString(base.resolve("nats.log"))).doesNotContain("authentication error");
    }

    @Test
    void aHostWithoutItsPasswordHasNoAccess() {
        operator().close();
        assertThatThrownBy(() -> connect("VOICE2-PASSWORD", List.of()).close()).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> Nats.connect("nats://127.0.0.1:" + port).close())
                .isInstanceOf(Exception.class);
    }
}
