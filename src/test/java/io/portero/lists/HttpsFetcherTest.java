package io.portero.lists;

import static io.portero.lists.WebServer.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.names.Answer;
import io.portero.policy.Addresses;
import io.portero.policy.Ip;
import io.portero.policy.Reference.UrlList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real TLS over loopback, with servers that misbehave. */
class HttpsFetcherTest {
    private static final int MEGABYTE = 1024 * 1024;

    private final WebServer web = WebServer.start();
    private Answer dns = Answers.nobody();

    @AfterEach
    void stop() {
        web.close();
    }

    private HttpsFetcher fetcher(Duration limit, Path authority) {
        return new HttpsFetcher(name -> dns, TrustStore.of(authority), "portero/test", limit);
    }

    private Fetched fetch(String url, Validators known) {
        return fetcher(Duration.ofSeconds(20), WebServer.AUTHORITY).fetch(new UrlList(url), known);
    }

    private Fetched fetch(String path) {
        return fetch(url(path), Validators.NONE);
    }

    private String url(String path) {
        return "https://127.0.0.1:" + web.port() + path;
    }

    private String failure(String path) {
        return why(fetch(path));
    }

    private static String why(Fetched fetched) {
        assertThat(fetched).isInstanceOf(Fetched.Failed.class);
        return ((Fetched.Failed) fetched).why();
    }

    private static byte[] gzip(byte[] content) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }

    @Test
    void fetchesAListAndThenAsksWithItsValidators() {
        web.give(
                "/drop.txt",
                "; DROP\n192.0.2.0/24 ; SBL1\r\n2001:db8::/32 ; SBL2\n",
                "ETag: \"a\"",
                "Last-Modified: Mon");
        var validators = new Validators(Optional.of("\"a\""), Optional.of("Mon"));
        assertThat(fetch("/drop.txt"))
                .isEqualTo(new Fetched.Content(Addresses.of("192.0.2.0/24", "2001:db8::/32"), 49, validators));
        assertThat(web.requests().getLast())
                .startsWith("GET /drop.txt HTTP/1.1\nHost: 127.0.0.1:" + web.port() + "\n")
                .contains("User-Agent: portero/test\n")
                .doesNotContain("If-");
        web.status("/drop.txt", "304 Not Modified");
        assertThat(fetch(url("/drop.txt"), validators)).isEqualTo(new Fetched.Unchanged());
        assertThat(web.requests().getLast()).contains("If-None-Match: \"a\"\n", "If-Modified-Since: Mon\n");
        assertThat(failure("/drop.txt")).contains("without conditions");
    }

    @Test
    void ignoresAValidatorThatCannotBeSentBack() {
        assertThat(new Validators(Optional.of("a\r\nEvil: yes"), Optional.of("x".repeat(600))))
                .isEqualTo(Validators.NONE);
    }

    @Test
    void readsChunkedAnswersAndCompressedLists() {
        web.answer(
                "/chunks",
                out -> out.write(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "6\r\n192.0.\r\n5;x=y\r\n2.1\n\n\r\n0\r\n\r\n")));
        web.give("/packed", gzip(bytes("192.0.2.1\n")), "Content-Encoding: gzip");
        web.give("/list.gz", gzip(bytes("192.0.2.1\n")), "Content-Type: application/gzip");
        for (var path : new String[] {"/chunks", "/packed", "/list.gz"}) {
            assertThat(fetch(path))
                    .isInstanceOfSatisfying(
                            Fetched.Content.class, c -> assertThat(c.members()).isEqualTo(Addresses.of("192.0.2.1")));
        }
    }

    @Test
    void refusesATruncatedAnswer() {
        web.answer("/length", out -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n192.0.2.1\n")));
        web.answer(
                "/chunk",
                out -> out.write(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n192.0.2.1\n\r\n")));
        web.answer("/open", out -> out.write(bytes("HTTP/1.1 200 OK\r\n\r\n192.0.2.1\n")));
        var packed = gzip(bytes("192.0.2.1\n"));
        web.give("/packed", Arrays.copyOf(packed, packed.length - 6), "Content-Encoding: gzip");
        web.give("/json", "{\"a\":[\"192.0.2.1\"");
        assertThat(failure("/length")).isEqualTo("the answer is incomplete");
        assertThat(failure("/chunk")).isEqualTo("the answer is incomplete");
        assertThat(failure("/packed")).isEqualTo("the answer is incomplete");
        assertThat(failure("/open")).contains("does not send the length");
        assertThat(failure("/json#/a")).contains("not JSON");
    }

    @Test
    void refusesTooLargeAnswersCompressedOrNot() {
        web.answer("/told", out -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")));
        web.answer("/endless", out -> {
            out.write(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            var chunk = "#".repeat(MEGABYTE - 1) + "\n";
            while (true) {
                out.write(bytes(Integer.toHexString(MEGABYTE) + "\r\n" + chunk + "\r\n"));
            }
        });
        web.give("/bomb", gzip(new byte[64 * MEGABYTE]), "Content-Encoding: gzip");
        web.give("/twice", gzip(gzip(new byte[64 * MEGABYTE])), "Content-Encoding: gzip");
        web.answer("/head", out -> {
            out.write(bytes("HTTP/1.1 200 OK\r\n"));
            while (true) {
                out.write(bytes("X: " + "y".repeat(1000) + "\r\n"));
            }
        });
        for (var path : new String[] {"/told", "/endless", "/bomb", "/twice"}) {
            assertThat(failure(path)).isEqualTo("it is larger than 16 MB");
        }
        assertThat(failure("/head")).isEqualTo("the header of the answer is too long");
    }

    private static void drip(OutputStream out) throws IOException, InterruptedException {
        out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
        for (int i = 0; i < 1000; i++) {
            out.write('#');
            out.flush();
            Thread.sleep(50);
        }
    }

    @Test
    void stopsASlowAnswerInTime() throws IOException {
        web.answer("/drip", HttpsFetcherTest::drip);
        web.answer("/silent", out -> Thread.sleep(60_000));
        var impatient = fetcher(Duration.ofSeconds(1), WebServer.AUTHORITY);
        assertThat(why(impatient.fetch(new UrlList(url("/drip")), Validators.NONE)))
                .isEqualTo("it was not complete within 1 s");
        assertThat(why(impatient.fetch(new UrlList(url("/silent")), Validators.NONE)))
                .isEqualTo("it was not complete within 1 s");
        try (var mute = new ServerSocket(0)) { // never starts TLS
            assertThat(why(impatient.fetch(
                            new UrlList("https://127.0.0.1:" + mute.getLocalPort() + "/"), Validators.NONE)))
                    .isEqualTo("it was not complete within 1 s");
        }
    }

    @Test
    void followsOnlyHttpsRedirectsToTheInternet() {
        web.status("/moved", "301 Moved", "Location: /list");
        web.give("/list", "192.0.2.1\n");
        assertThat(fetch("/moved")).isInstanceOf(Fetched.Content.class);
        for (var wrong : Map.of(
                        "http://127.0.0.1/", "it is redirected to a URL that is not HTTPS",
                        "file:///etc/passwd", "it is redirected to a URL that is not HTTPS",
                        "https://10.0.0.1/", "10.0.0.1 is at 10.0.0.1, which is not a public address",
                        "https://[::1]/", "::1 is at ::1, which is not a public address",
                        "https://169.254.169.254/latest/meta-data", "which is not a public address",
                        "https://a:b@lists.example/", "a URL that cannot be a list",
                        "https://lists.example/ x", "not a URL",
                        "/loop", "redirected more than 5 times")
                .entrySet()) {
            web.status("/loop", "302 Found", "Location: " + wrong.getKey());
            assertThat(failure("/loop")).as(wrong.getKey()).contains(wrong.getValue());
        }
        web.status("/nowhere", "302 Found");
        assertThat(failure("/nowhere")).isEqualTo("the redirect has no Location");
    }

    @Test
    void refusesNamesWithPrivateAddresses() throws Ip.NotAnAddress {
        var url = "https://lists.example:" + web.port() + "/list";
        web.give("/list", "192.0.2.1\n");
        dns = Answers.of("127.0.0.1");
        assertThat(why(fetch(url, Validators.NONE)))
                .startsWith("lists.example is at 127.0.0.1, which is not a public address");
        dns = Answers.nobody();
        assertThat(why(fetch(url, Validators.NONE))).startsWith("lists.example cannot be resolved");
        assertThat(web.requests()).isEmpty();
        for (var inside : new String[] {
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.2",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "2001::1"
        }) {
            assertThat(new Destinations(Optional.empty()).admit(Ip.parse(inside)))
                    .as(inside)
                    .isFalse();
        }
        for (var outside : new String[] {"203.0.113.7", "9.9.9.9", "2001:db8::7", "2620:fe::fe", "64:ff9b::909:909"}) {
            assertThat(new Destinations(Optional.empty()).admit(Ip.parse(outside)))
                    .as(outside)
                    .isTrue();
        }
    }

    @Test
    void refusesServersWithoutAValidCertificate() {
        for (var server : Map.of(
                        "expired", "NotAfter", "elsewhere", "127.0.0.1", "stranger-signed", "certification path")
                .entrySet()) {
            try (var other = WebServer.start(server.getKey(), "127.0.0.1", 0)) {
                other.give("/list", "192.0.2.1\n");
                assertThat(why(fetch("https://127.0.0.1:" + other.port() + "/list", Validators.NONE)))
                        .startsWith("TLS failed: ")
                        .contains(server.getValue());
                assertThat(other.requests()).isEmpty();
            }
        }
        var without = fetcher(Duration.ofSeconds(5), Path.of("/nonexistent.pem"));
        assertThat(why(without.fetch(new UrlList(url("/list")), Validators.NONE)))
                .isEqualTo("this system has no certificate authorities in /nonexistent.pem; install the package"
                        + " ca-certificates");
    }

    @Test
    void reportsAnErrorOfTheServerAndObeysRetryAfter() {
        web.status("/busy", "429 Too Many Requests", "Retry-After: 7200");
        web.status("/broken", "500 Internal Server Error");
        web.answer("/noise", out -> out.write(bytes("220 ftp ready\r\n")));
        assertThat(fetch("/busy"))
                .isEqualTo(new Fetched.Failed(
                        "the server answers 429 (too many requests)", Optional.of(Duration.ofHours(2))));
        assertThat(failure("/broken")).isEqualTo("the server answers 500 (it fails)");
        assertThat(failure("/absent")).isEqualTo("the server answers 404 (there is no such list)");
        assertThat(failure("/noise")).isEqualTo("the server does not speak HTTP");
        web.close();
        // The server may still answer a connection that came in while it closed.
        await().untilAsserted(() ->
                assertThat(failure("/busy")).contains("127.0.0.1 port ", " cannot be reached (Connection refused"));
    }

    /** Answers of a resolver. */
    private static final class Answers {
        static Answer nobody() {
            return new Answer(Set.of(), Map.of(), Duration.ZERO);
        }

        static Answer of(String address) throws Ip.NotAnAddress {
            return new Answer(Set.of(Ip.parse(address)), Map.of(), Duration.ofMinutes(1));
        }
    }
}
