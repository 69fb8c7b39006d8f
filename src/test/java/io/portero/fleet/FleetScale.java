package io.portero.fleet;

import io.portero.exec.Child;
import io.portero.fleet.ScaleHosts.Kind;
import io.portero.fleet.nats.NatsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures how a push spreads over many hosts: a real cluster of three, and processes with many hosts each.
 *
 * <p>Arguments: the number of hosts, the {@link Kind} in small letters, and if wanted the length of the list in which each
 * push changes ten addresses, the number of pushes, and the number of restarts of the whole store.
 */
final class FleetScale {
    /** How many hosts share a process. */
    private static final int TOGETHER = Integer.getInteger("scale.together", 500);

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path base;
    private final List<String> names;
    private final int length;
    private final NatsServers servers;
    private final TestFleet fleet;
    private final List<Child> children = new ArrayList<>();
    private int version;

    private FleetScale(Path base, int count, int length, NatsServers servers) throws IOException {
        this.base = base;
        this.names = IntStream.range(0, count).mapToObj(i -> "host" + i).toList();
        this.length = length;
        this.servers = servers;
        this.fleet = new TestFleet(base, names.toArray(String[]::new));
    }

    public static void main(String... arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        var kind = Kind.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        int length = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        int pushes = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 5;
        int restarts = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
        var base = Files.createTempDirectory("portero-scale");
        try (var servers = NatsServers.start(base, 3, "http: \"127.0.0.1:-1\"\n")) {
            var scale = new FleetScale(base, count, length, servers);
            try {
                scale.begin(kind);
                scale.idle();
                for (int i = 0; i < pushes; i++) {
                    scale.push();
                }
                for (int i = 0; i < restarts; i++) {
                    scale.restart();
                }
            } finally {
                for (var child : scale.children) {
                    child.kill();
                    child.await();
                }
            }
        }
        System.exit(0);
    }

    private OperatorStore open() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return NatsStore.open(servers.settings());
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(e);
                }
                Thread.sleep(100);
            }
        }
    }

    private void sign() throws IOException, Refusal {
        version++;
        int from = 10 * version;
        fleet.list(IntStream.range(from, length + from)
                .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                .collect(Collectors.joining()));
        fleet.sign();
    }

    private void begin(Kind kind) throws IOException, Refusal, InterruptedException {
        try (var store = open()) {
            sign();
            fleet.push(store);
        }
        long before = ScaleCosts.resident(base);
        long start = System.nanoTime();
        for (int i = 0; i < names.size(); i += TOGETHER) {
            children.add(ScaleHosts.start(base, i, Math.min(names.size(), i + TOGETHER), servers.urls(), kind));
        }
        awaitFiles();
        say(
                "%d hosts connected and at version 1 after %.1f s; the three servers hold %.1f MB, %.1f KB more for"
                        + " each host",
                names.size(),
                since(start),
                ScaleCosts.resident(base) / 1024.0,
                (ScaleCosts.resident(base) - before) / (double) names.size());
    }

    private void idle() throws IOException, InterruptedException {
        Thread.sleep(Duration.ofSeconds(5));
        var costs = ScaleCosts.of(base, children);
        Thread.sleep(Duration.ofSeconds(10));
        say("ten seconds without a change: %s", ScaleCosts.of(base, children).forEach(names.size(), costs));
    }

    private void push() throws Exception {
        try (var store = open()) {
            sign();
            var told = new ConcurrentHashMap<String, Double>();
            long start = System.nanoTime();
            var following = store.follow(report -> {
                if (report.version() == version) {
                    told.putIfAbsent(report.host(), since(start));
                }
            });
            var costs = ScaleCosts.of(base, children);
            double begun = since(start);
            fleet.push(store);
            double pushed = since(start) - begun;
            awaitFiles();
            double written = since(start) - begun;
            await(() -> told.size() == names.size());
            double seen = since(start) - begun;
            following.close();
            say(
                    "version %d at %s, load %s: push %.2f s, last file %.2f s, all statuses %.2f s; bundle %d bytes,"
                            + " difference %d bytes; %s",
                    version,
                    Instant.now(),
                    load(),
                    pushed,
                    written,
                    seen,
                    fleet.signed().bundles().get("voice").bytes().length,
                    difference(),
                    ScaleCosts.of(base, children).forEach(names.size(), costs));
        }
    }

    private long difference() throws Refusal {
        var manifest = Manifest.parse(fleet.signed().bundles().get("voice").signed());
        return fleet.signed().objectsOf(manifest.lists().getFirst()).entrySet().stream()
                .filter(e -> e.getKey().contains("-"))
                .mapToLong(e -> e.getValue().length)
                .max()
                .orElse(0);
    }

    /** All servers die at once and come back after ten seconds; statuses are lost, so that a status means a return. */
    private void restart() throws Exception {
        for (int i = 0; i < servers.urls().size(); i++) {
            servers.kill(i);
        }
        Thread.sleep(Duration.ofSeconds(10));
        long start = System.nanoTime();
        for (int i = 0; i < servers.urls().size(); i++) {
            servers.start(i);
        }
        try (var store = open()) {
            double opened = since(start);
            Map<String, Double> back = new ConcurrentHashMap<>();
            var following = store.follow(report -> back.putIfAbsent(report.host(), since(start)));
            await(() -> back.size() == names.size());
            following.close();
            var times = back.values().stream().sorted().toList();
            say(
                    "restart at %s, load %s: the store has a leader after %.1f s; back are 10 %% of the hosts after %.1f s,"
                            + " 50 %% after %.1f s, 90 %% after %.1f s, all after %.1f s; most in one second: %d",
                    Instant.now(),
                    load(),
                    opened,
                    times.get(times.size() / 10),
                    times.get(times.size() / 2),
                    times.get(times.size() * 9 / 10),
                    times.getLast(),
                    times.stream()
                            .collect(Collectors.groupingBy(Double::intValue, Collectors.counting()))
                            .values()
                            .stream()
                            .mapToLong(n -> n)
                            .max()
                            .orElse(0));
        }
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }

    private static void say(String sentence, Object... values) {
        System.out.println(String.format(Locale.ROOT, sentence, values));
    }

    private void awaitFiles() throws InterruptedException {
        var missing = new ArrayList<>(names);
        var line = "version " + version + ".";
        await(() -> {
            while (!missing.isEmpty() && has(missing.getLast(), line)) {
                missing.removeLast();
            }
            return missing.isEmpty();
        });
    }

    private boolean has(String host, String line) {
        try (var reader = Files.newBufferedReader(base.resolve(host).resolve(FleetFiles.POLICY))) {
            return String.valueOf(reader.readLine()).endsWith(line);
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it takes too long");
            }
            Thread.sleep(10);
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
