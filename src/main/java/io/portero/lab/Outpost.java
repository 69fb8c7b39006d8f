package io.portero.lab;

import io.portero.exec.Child;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One place of a lab as the others see it: asks the {@link Probe} that runs there.
 *
 * <p>Answers are asynchronous, so that many requests can run at once. Sources are literal addresses,
 * {@code ADDRESS,PORT}, or {@link #ANY_SOURCE}.
 */
public final class Outpost implements AutoCloseable {
    public static final String ANY_SOURCE = "-";

    private static final Duration START = Patience.of(Duration.ofSeconds(60));

    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, CompletableFuture<String>> open = new ConcurrentHashMap<>();
    private final Map<String, Consumer<String>> events = new ConcurrentHashMap<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Child child;

    Outpost(List<String> words, Path errors) throws IOException {
        open.put("0", ready);
        this.child = Child.talking(words, errors, this::hear, this::end);
    }

    private void hear(String line) {
        int space = line.indexOf(' ');
        if (space < 0) {
            return;
        }
        var id = line.substring(0, space);
        var what = line.substring(space + 1);
        if (what.startsWith(Probe.EVENT)) {
            events.getOrDefault(id, event -> {}).accept(what.substring(Probe.EVENT.length()));
            return;
        }
        var waiting = open.remove(id);
        if (waiting != null) {
            waiting.complete(what);
        }
    }

    private void end() {
        var gone = new IOException("the probe has ended");
        open.values().forEach(waiting -> waiting.completeExceptionally(gone));
        open.clear();
    }

    void awaitReady() throws CannotBuild {
        try {
            ready.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotBuild("a probe did not start (" + e.getMessage()
                    + "); try `ip netns exec` by hand, which must be allowed to start portero");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotBuild("interrupted");
        }
    }

    private CompletableFuture<String> send(String id, String request) {
        var answer = new CompletableFuture<String>();
        open.put(id, answer);
        child.say(id + " " + request);
        if (!child.isAlive()) {
            end();
        }
        return answer.thenApply(Outpost::succeeded);
    }

    private CompletableFuture<String> ask(Object... words) {
        return send(next(), words(words));
    }

    private static String words(Object... words) {
        return String.join(
                " ", java.util.Arrays.stream(words).map(String::valueOf).toList());
    }

    private String next() {
        return Long.toString(numbers.incrementAndGet());
    }

    private static String succeeded(String answer) {
        if (answer.startsWith("failed ")) {
            throw new IllegalStateException("the probe " + answer);
        }
        return answer;
    }

    /** Tries a port; the result is SILENT after {@code patience}, any other result comes as soon as it is known. */
    public CompletableFuture<Reach> reach(Protocol protocol, String from, String to, int port, Duration patience) {
        if (protocol != Protocol.TCP && protocol != Protocol.UDP) {
            throw new IllegalArgumentException("nothing here speaks " + protocol);
        }
        return ask(protocol.word(), from, to, port, patience.toMillis()).thenApply(Reach::valueOf);
    }

    /** Sends an echo request from this place's own address. */
    public CompletableFuture<Reach> ping(String to, Duration patience) {
        return ask("ping", to, patience.toMillis()).thenApply(Reach::valueOf);
    }

    /** Sends one SYN. */
    public CompletableFuture<String> syn(String from, String to, int port) {
        return ask("syn", from, to, port);
    }

    /** Sends one datagram. */
    public CompletableFuture<String> datagram(String from, String to, int port, byte[] payload) {
        return ask("datagram", from, to, port, HexFormat.of().formatHex(payload));
    }

    /** The whole answer to an HTTP GET, or a word that says why there is none. */
    public CompletableFuture<String> get(String from, String to, int port, String path, Duration patience) {
        return ask("get", from, to, port, path, patience.toMillis()).thenApply(Outpost::decoded);
    }

    private static String decoded(String answer) {
        return answer.startsWith("answer ")
                ? new String(Base64.getDecoder().decode(answer.substring("answer ".length())), StandardCharsets.UTF_8)
                : answer;
    }

    /** How many bytes of the given number arrive from a server that sends them on connection. */
    public CompletableFuture<Integer> receive(String from, String to, int port, int bytes, Duration patience) {
        return ask("receive", from, to, port, bytes, patience.toMillis())
                .thenApply(answer -> Integer.valueOf(answer.substring("received ".length())));
    }

    /** Opens an echo port over both address families. */
    public CompletableFuture<Activity> listen(Protocol protocol, int port) {
        return start(event -> {}, protocol == Protocol.TCP ? "listen-tcp" : "listen-udp", port);
    }

    /** Opens a port that sends the given number of bytes to every client. */
    public CompletableFuture<Activity> sendOnConnect(int port, int bytes) {
        return start(event -> {}, "send-tcp", port, bytes);
    }

    /** Sends datagrams at a constant rate; its result is {@code sent N}. */
    public CompletableFuture<Activity> stream(String from, String to, int port, int perSecond) {
        return start(event -> {}, "stream", from, to, port, perSecond);
    }

    /** Holds a conversation with an echo server. */
    public CompletableFuture<Conversation> converse(Protocol protocol, String from, String to, int port) {
        var conversation = new Conversation();
        return start(conversation::hear, protocol == Protocol.TCP ? "flow-tcp" : "flow-udp", from, to, port)
                .thenApply(conversation::as);
    }

    private CompletableFuture<Activity> start(Consumer<String> event, Object... words) {
        var id = next();
        events.put(id, event);
        return send(id, words(words)).thenApply(started -> () -> ask("stop", id));
    }

    /** A task that runs at a place until it is stopped. */
    @FunctionalInterface
    public interface Activity {
        /** Ends it; the result says how it went. */
        CompletableFuture<String> stop();
    }

    @Override
    public void close() {
        child.kill();
    }
}
