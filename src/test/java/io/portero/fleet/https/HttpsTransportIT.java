package io.portero.fleet.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.fleet.Authorities;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Transport;
import io.portero.lists.WebServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpsTransportIT {
    private static final Path AUTHORITY = Path.of("src/test/resources/lists/authority.pem");

    private final WebServer web = WebServer.start("good", "127.0.0.1", 0);
    private final List<String> offered = new CopyOnWriteArrayList<>();
    private final List<Boolean> reachable = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        web.close();
    }

    private HttpsTransport transport(Path ca) throws Exception {
        var store = new StoreSettings.Https(URI.create("https://127.0.0.1:" + web.port() + "/fleet/"), Optional.of(ca));
        var settings = new HostSettings(
                "example",
                "voice",
                "voice1",
                store,
                1,
                Path.of("a"),
                Optional.empty(),
                Path.of("h"),
                Optional.empty(),
                "",
                0);
        return new HttpsTransport(store, settings, Authorities.of(ca).getSocketFactory(), Duration.ofMillis(100));
    }

    private Transport.Listener listener() {
        return new Transport.Listener() {
            @Override
            public void offered(Transport.Slot slot, byte[] content) {
                offered.add(slot + " " + new String(content, StandardCharsets.UTF_8));
            }

            @Override
            public void away(String why) {
                reachable.add(false);
            }

            @Override
            public void back() {
                reachable.add(true);
            }
        };
    }

    @Test
    void asksWithAnEtagAndOffersTheBundle() throws Exception {
        web.give("/fleet/voice.bundle", "one", "ETag: \"1\"");
        web.give("/fleet/lists/abc", "192.0.2.1\n");
        try (var transport = transport(AUTHORITY)) {
            transport.start(listener());
            await().until(() -> offered.contains("BUNDLE one"));
            await().until(() -> web.requests().stream().anyMatch(r -> r.contains("If-None-Match: \"1\"")));
            assertThat(transport.object("abc", 100)).contains("192.0.2.1\n".getBytes(StandardCharsets.UTF_8));
            assertThat(transport.object("none", 100)).isEmpty();
            web.give("/fleet/voice.bundle", "two", "ETag: \"2\"");
            await().until(() -> offered.contains("BUNDLE two"));
        }
    }

    @Test
    void asksAgainAfterABugInTheListener() throws Exception {
        web.give("/fleet/voice.bundle", "one", "ETag: \"1\"");
        try (var transport = transport(AUTHORITY)) {
            transport.start(new Transport.Listener() {
                @Override
                public void offered(Transport.Slot slot, byte[] content) {
                    offered.add(slot.toString());
                    throw new IllegalStateException("as in a test");
                }

                @Override
                public void away(String why) {}

                @Override
                public void back() {}
            });
            await().until(() -> offered.size() > 1);
        }
    }

    @Test
    void answersOfAnUntrustedServerAreIgnored() throws Exception {
        web.close();
        try (var stranger = WebServer.start("stranger-signed", "127.0.0.1", 0)) {
            stranger.give("/fleet/voice.bundle", "forged");
            var store = new StoreSettings.Https(
                    URI.create("https://127.0.0.1:" + stranger.port() + "/fleet/"), Optional.of(AUTHORITY));
            var settings = new HostSettings(
                    "example", "voice", "v", store, 1, AUTHORITY, Optional.empty(), AUTHORITY, Optional.empty(), "", 0);
            try (var transport = HttpsTransport.of(store, settings)) {
                transport.start(listener());
                await().until(() -> reachable.contains(false));
                assertThat(offered).isEmpty();
            }
        }
    }

    @Test
    void anEndlessAnswerIsCut() throws Exception {
        web.answer("/fleet/voice.bundle", out -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            var chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
            while (true) {
                out.write(chunk);
            }
        });
        try (var transport = transport(AUTHORITY)) {
            transport.start(listener());
            await().until(() -> !offered.isEmpty());
            assertThat(offered.getFirst()).hasSizeBetween(1_000_001, 1_100_000);
        }
    }
}
