package io.portero.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless browser with one tab, controlled through the Chrome DevTools Protocol. */
final class Chromium implements AutoCloseable {
    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String READY = "DevTools listening on ";

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger commands = new AtomicInteger();
    private volatile String session = "";
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

    static Optional<Path> program() {
        return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    Chromium(Path program) throws IOException {
        profile = Files.createTempDirectory("portero-chromium");
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--no-sandbox");
        }
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address()), new Ear())
                .join();
        var target = call("Target.createTarget", node().put("url", "about:blank"));
        session = call(
                        "Target.attachToTarget",
                        node().put("targetId", text(target, "targetId")).put("flatten", true))
                .path("sessionId")
                .asText();
        for (var domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", node());
        }
    }

    private String address() throws IOException {
        var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            if (line.startsWith(READY)) {
                Thread.ofVirtual().start(() -> errors.lines().forEach(rest -> {}));
                return line.substring(READY.length());
            }
        }
        throw new IOException("the browser did not start");
    }

    static ObjectNode node() {
        return JSON.createObjectNode();
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }

    /** Receives the browser's messages: answers, and events, most of which are ignored. */
    private final class Ear implements WebSocket.Listener {
        private final StringBuilder begun = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            begun.append(part);
            if (last) {
                heard(begun.toString());
                begun.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void heard(String message) {
        try {
            var json = JSON.readTree(message);
            if (json.has("id")) {
                var answer = waiting.remove(json.path("id").asInt());
                if (json.has("error")) {
                    answer.completeExceptionally(new IllegalStateException(message));
                } else {
                    answer.complete(json.path("result"));
                }
            }
            switch (text(json, "method")) {
                case "Page.loadEventFired" -> loaded.complete(null);
                case "Runtime.exceptionThrown" -> complaints.add(message);
                case "Log.entryAdded" ->
                    complaints.add(json.at("/params/entry/text").asText());
                default -> {}
            }
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode call(String method, ObjectNode parameters) {
        var message = node().put("id", commands.incrementAndGet()).put("method", method);
        message.set("params", parameters);
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        var answer = new CompletableFuture<JsonNode>();
        waiting.put(commands.get(), answer);
        socket.sendText(message.toString(), true).join();
        return await(answer, method);
    }

    private static <T> T await(CompletableFuture<T> answer, String what) {
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(what + ": " + e, e);
        }
    }

    /** Sets the size of the window in CSS pixels, and the preferred colours. */
    void look(int width, int height, boolean dark) {
        call(
                "Emulation.setDeviceMetricsOverride",
                node().put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", width < 600));
        var media = node();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", media);
    }

    void open(String url) {
        complaints.clear();
        loaded = new CompletableFuture<>();
        call("Page.navigate", node().put("url", url));
        await(loaded, url);
    }

    /** The value of an expression; of a promise, its result. */
    JsonNode evaluate(String script) {
        var answer = call(
                "Runtime.evaluate",
                node().put("expression", script).put("awaitPromise", true).put("returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(answer.path("exceptionDetails").toString());
        }
        return answer.path("result").path("value");
    }

    void screenshot(Path file) throws IOException {
        var answer = call("Page.captureScreenshot", node().put("format", "png").put("captureBeyondViewport", true));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(text(answer, "data")));
    }

    /**
     * The messages on the browser's console since the page was opened: errors, and violations of the security policy.
     */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() throws IOException {
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(p -> p.onExit().completeOnTimeout(p, 5, TimeUnit.SECONDS).join());
        try (var files = Files.walk(profile)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
