package io.portero.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tests and serves network ports from inside the namespace of its process.
 *
 * <p>Each line of standard input is a request: a number, a verb, arguments; {@code -} lets the kernel choose. Each line
 * of output starts with the number of the request that it answers. Requests run in parallel, so answers may come in
 * another order. It ends when its input ends. {@link Outpost} is its client.
 */
public final class Probe {
    /** The first word, after the number, of lines that report progress and do not end a request. */
    static final String EVENT = "event ";

    private final PrintStream out;
    private final Map<String, Continued> continued = new ConcurrentHashMap<>();

    private Probe(PrintStream out) {
        this.out = out;
    }

    /** A task that runs until it is stopped, and then reports its result. */
    interface Continued {
        String stop() throws IOException;
    }

    /** Starts it without the command line and its libraries. */
    public static void main(String... arguments) {
        run(List.of(arguments));
    }

    /** Answers requests until its input ends; the arguments are unused. */
    public static int run(List<String> arguments) {
        var probe = new Probe(System.out);
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            probe.say("0", "ready");
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = List.of(line.split(" ", -1));
                Thread.ofVirtual().start(() -> probe.answer(words));
            }
            return 0;
        } catch (IOException e) {
            return 1;
        }
    }

    private void say(String id, String what) {
        synchronized (out) {
            out.println(id + " " + what);
            out.flush();
        }
    }

    private void answer(List<String> words) {
        var id = words.getFirst();
        try {
            say(id, answer(id, words.get(1), new Arguments(words.subList(2, words.size()))));
        } catch (IOException | RuntimeException e) {
            say(id, "failed " + e.toString().replace('\n', ' '));
        }
    }

    private String answer(String id, String verb, Arguments a) throws IOException {
        return switch (verb) {
            case "tcp" -> Attempts.tcp(a.from(0), a.to(1), a.millis(3)).name();
            case "udp" -> Attempts.udp(a.from(0), a.to(1), a.millis(3)).name();
            case "syn" -> Attempts.syn(a.from(0), a.to(1));
            case "datagram" -> Attempts.datagram(a.from(0), a.to(1), a.bytes(3));
            case "ping" -> Attempts.ping(a.word(0), a.millis(1)).name();
            case "get" -> Attempts.get(a.from(0), a.to(1), a.word(3), a.millis(4));
            case "receive" -> Attempts.receive(a.from(0), a.to(1), a.number(3), a.millis(4));
            case "listen-tcp" -> keep(id, Listeners.tcp(a.number(0)));
            case "send-tcp" -> keep(id, Listeners.tcpSending(a.number(0), a.number(1)));
            case "listen-udp" -> keep(id, Listeners.udp(a.number(0)));
            case "stream" -> keep(id, PacketStream.start(a.from(0), a.to(1), a.number(3)));
            case "flow-udp" -> keep(id, Flow.udp(a.from(0), a.to(1), event -> say(id, EVENT + event)));
            case "flow-tcp" -> keep(id, Flow.tcp(a.from(0), a.to(1), event -> say(id, EVENT + event)));
            case "stop" -> stop(a.word(0));
            default -> "failed no such verb: " + verb;
        };
    }

    private String keep(String id, Continued what) {
        continued.put(id, what);
        return "started";
    }

    private String stop(String id) throws IOException {
        var what = continued.remove(id);
        return what == null ? "failed nothing of that number goes on" : what.stop();
    }
}
