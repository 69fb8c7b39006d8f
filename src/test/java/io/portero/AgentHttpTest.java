package io.portero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall;
import io.portero.events.Trigger;
import io.portero.http.MetricsServer;
import io.portero.reconcile.Reconciler;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The complete application, with a firewall in memory and its own port. */
@QuarkusTest
class AgentHttpTest {
    static final int PORT = freePort();

    @Inject
    Reconciler reconciler;

    @Inject
    MetricsServer server;

    private final HttpClient client = HttpClient.newHttpClient();

    /** A separate host for the agent. */
    static final class Host {
        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        Firewall firewall() {
            return new FakeFirewall();
        }

        @Produces
        @Singleton
        @Alternative
        @Priority(1)
        AgentFiles files() throws IOException {
            var directory = Files.createTempDirectory(Path.of("target"), "agent-http-test");
            var policy = Files.createFile(
                    directory.resolve("portero.yaml"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
            Files.writeString(policy, """
                    services:
                      ssh: { ports: [22/tcp], from: [any], management: true }
                    agent: { metrics: { host: 127.0.0.1, port: %d } }
                    """.formatted(PORT));
            return new AgentFiles(policy, directory.resolve("state"), directory.resolve("run"));
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void enforce() {
        reconciler.pass(Trigger.STARTUP);
        await().until(server::isListening);
    }

    private HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String contentType(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/page.css",
                "/page.js",
                "/page.svg",
                "/metrics",
                "/status",
                "/health",
                "/health/live",
                "/health/ready"
            })
    void isReadAndNotWritten(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(200);
        assertThat(send("HEAD", path).statusCode()).isEqualTo(200);
        for (var method : new String[] {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
            var refused = send(method, path);
            assertThat(refused.statusCode()).as(method).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET", "HEAD", "POST", "DELETE"})
    void knowsNothingElse(String method) throws Exception {
        for (var path : new String[] {"/nope", "/q/metrics", "/q/health", "/metricsx", "/%2e%2e/%2e%2e/etc/passwd"}) {
            assertThat(send(method, path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void givesMetricsAsPlainTextUnlessAskedForOpenMetrics() throws Exception {
        var plain = send("GET", "/metrics");
        assertThat(contentType(plain)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(plain.body())
                .contains("\nportero_in_sync 1.0\n")
                .contains("\nportero_service_packets_total{service=\"ssh\",verdict=\"accept\"} 0.0\n");
        assertThat(plain.body().lines().filter(l -> !l.startsWith("#"))).allMatch(l -> l.startsWith("portero_"));
        var open = send("GET", "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");
        assertThat(contentType(open)).startsWith("application/openmetrics-text");
        assertThat(open.body()).contains("portero_in_sync 1.0").endsWith("# EOF\n");
    }

    @Test
    void servesTheStatusAsJson() throws Exception {
        var response = send("GET", "/status");
        assertThat(contentType(response)).isEqualTo("application/json");
        var status = new ObjectMapper().readTree(response.body());
        assertThat(status.path("in_sync").asBoolean()).isTrue();
        assertThat(status.path("metrics").path("listening").asBoolean()).isTrue();
        assertThat(status.path("services").path(0).path("name").asText()).isEqualTo("ssh");
    }

    @Test
    void thePageLoadsNothingFromOtherHostsAndHasNoInlineScript() throws Exception {
        var response = send("GET", "/");
        assertThat(contentType(response)).isEqualTo("text/html; charset=utf-8");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                                + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        assertThat(response.body())
                .contains("<h1>In sync</h1>", "22/tcp", "from anybody")
                .doesNotContain("<script>", "<style", "<img", "<form", "http://");
        var files = Pattern.compile("(?:src|href)=\"(page[^\"]*)\"")
                .matcher(response.body())
                .results()
                .map(r -> r.group(1))
                .toList();
        assertThat(files).hasSize(3);
        for (var file : files) {
            assertThat(send("GET", "/" + file).statusCode()).as(file).isEqualTo(200);
        }
    }

    /** Otherwise a browser could take text of others in a response for a script of this page. */
    @Test
    void onlyTheScriptHasTheContentTypeOfAScript() throws Exception {
        for (var path : new String[] {"/", "/page.css", "/page.svg", "/metrics", "/status", "/health"}) {
            var response = send("GET", path);
            assertThat(response.headers().firstValue("X-Content-Type-Options"))
                    .as(path)
                    .contains("nosniff");
            assertThat(contentType(response)).doesNotContain("script");
        }
        assertThat(contentType(send("GET", "/page.js"))).isEqualTo("text/javascript; charset=utf-8");
    }
}
