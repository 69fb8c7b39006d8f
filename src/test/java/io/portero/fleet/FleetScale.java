package io.portero.fleet;

import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.NatsStore;
import io.portero.fleet.nats.NatsTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures how a push spreads over many hosts, fifty in a process, each with a connection and all of the real client, and a real
 * cluster of three beside them.
 *
 * <p>{@code once} has one ssh-keygen verify a bundle for all hosts, which on real hosts verify side by side; {@code each} has
 * every host run it, on the processors of this one machine. A third argument is the length of the list that a change of ten
 * addresses is made in: applying the difference, too, real hosts do side by side.
 */
final class FleetScale {
    private static final Pattern MONITOR = Pattern.compile("http monitor on 127.0.0.1:(\\d+)");
    private static final Pattern OUT = Pattern.compile("\"out_bytes\": (\\d+)");

    private static final int TOGETHER = 50;

    private static int length;

    private FleetScale() {}

    /** What the servers sent to their clients so far. */
    private static long sent(Path base) throws IOException {
        long bytes = 0;
        for (int i = 0; i < 3; i++) {
            var port = MONITOR.matcher(Files.readString(base.resolve("nats" + i + ".log")));
            if (!port.find()) {
                throw new IOException("a server has no monitor");
            }
            try (var in = URI.create("http://127.0.0.1:" + port.group(1) + "/varz")
                    .toURL()
                    .openStream()) {
                var out = OUT.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                bytes += out.find() ? Long.parseLong(out.group(1)) : 0;
            }
        }
        return bytes;
    }

    /** The resident memory of the servers, in KiB. */
    private static long resident(Path base) throws IOException {
        long kib = 0;
        try (var processes = Files.list(Path.of("/proc"))) {
            for (var process : processes
                    .filter(p -> p.getFileName().toString().matches("\\d+"))
                    .toList()) {
                try {
                    if (Files.readString(process.resolve("cmdline")).startsWith("nats-server\0-c\0" + base)) {
                        kib += Files.readString(process.resolve("status"))
                                .lines()
                                .filter(l -> l.startsWith("VmRSS:"))
                                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                                .sum();
                    }
                } catch (IOException e) {
                    // It has ended.
                }
            }
        }
        return kib;
    }

    private static String list(int from) {
        return IntStream.range(from, length + from)
                .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                .collect(Collectors.joining());
    }

    /** Hosts from one number to another, until the input ends: one process with a thousand connections would be slow in itself. */
    private static void hosts(String... arguments) throws Exception {
        var base = Path.of(arguments[1]);
        var store = new StoreSettings.Nats(
                List.of(arguments[4].split(",")), Optional.empty(), Optional.empty(), Optional.empty(), 0);
        boolean each = arguments[5].equals("each");
        var runner = new ProcessRunner();
        var memo = new ConcurrentHashMap<String, CommandResult>();
        var keygen = new SshKeygen(command -> each
                ? runner.run(command)
                : memo.computeIfAbsent(command.words().get(2) + command.input().hashCode(), k -> runner.run(command)));
        var executor = Executors.newScheduledThreadPool(4);
        for (int i = Integer.parseInt(arguments[2]); i < Integer.parseInt(arguments[3]); i++) {
            host(base, "host" + i, store, base.resolve("keys/allowed_signers"), keygen, executor)
                    .start();
        }
        Thread.sleep(Duration.ofMinutes(30));
    }

    public static void main(String... arguments) throws Exception {
        if (arguments[0].equals("hosts")) {
            hosts(arguments);
            return;
        }
        int count = Integer.parseInt(arguments[0]);
        boolean each = arguments[1].equals("each");
        length = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20_000;
        var base = Files.createTempDirectory("portero-scale");
        var names = IntStream.range(0, count).mapToObj(i -> "host" + i).toArray(String[]::new);
        try (var servers = NatsServers.start(base, 3, "http: \"127.0.0.1:-1\"\n")) {
            var fleet = new TestFleet(base, names);
            fleet.list(list(0));
            OperatorStore opened = null;
            while (opened == null) {
                try {
                    opened = NatsStore.open(servers.settings());
                } catch (IOException e) {
                    Thread.sleep(500);
                }
            }
            try (var store = opened) {
                fleet.sign();
                fleet.push(store);
                long before = resident(base);
                long start = System.nanoTime();
                var children = new ArrayList<Child>();
                for (int i = 0; i < count; i += TOGETHER) {
                    children.add(Child.logging(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin/java")
                                            .toString(),
                                    "-Xmx128m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    FleetScale.class.getName(),
                                    "hosts",
                                    base.toString(),
                                    String.valueOf(i),
                                    String.valueOf(Math.min(count, i + TOGETHER)),
                                    String.join(",", servers.urls()),
                                    each ? "each" : "once"),
                            base.resolve("hosts" + i + ".log")));
                }
                await(() -> all(base, names, 1));
                System.out.printf("%d hosts connected and at version 1 after %.1f s%n", count, since(start));
                System.out.printf(
                        "the three servers hold %.1f MB, %.1f KB more for each host%n",
                        resident(base) / 1024.0, (resident(base) - before) / (double) count);
                for (int round = 2; round <= 5; round++) {
                    push(base, names, fleet, store, round);
                }
                for (var child : children) {
                    child.kill();
                    child.await();
                }
            }
        }
        System.exit(0);
    }

    private static FleetHost host(
            Path base,
            String name,
            StoreSettings.Nats store,
            Path allowed,
            SshKeygen keygen,
            ScheduledExecutorService executor)
            throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var settings = new HostSettings(
                "example",
                "voice",
                name,
                store,
                1,
                allowed,
                Optional.empty(),
                directory.resolve("host.yaml"),
                Optional.empty(),
                "127.0.0.1",
                0);
        return new FleetHost(
                settings,
                new NatsTransport(store, settings),
                keygen,
                directory,
                directory.resolve("status.json"),
                executor,
                Clock.systemUTC(),
                line -> {});
    }

    private static void push(Path base, String[] names, TestFleet fleet, OperatorStore store, int version)
            throws Exception {
        int shift = version * 10;
        fleet.list(list(shift));
        fleet.sign();
        var bundle = fleet.signed().bundles().get("voice");
        long objects = fleet
                .signed()
                .objectsOf(Manifest.parse(bundle.signed()).lists().getFirst())
                .entrySet()
                .stream()
                .filter(e -> e.getKey().contains("-"))
                .mapToLong(e -> e.getValue().length)
                .max()
                .orElse(0);
        long sent = sent(base);
        long start = System.nanoTime();
        fleet.push(store);
        double pushed = since(start);
        await(() -> all(base, names, version));
        double written = since(start);
        sent = sent(base) - sent;
        await(() -> {
            try {
                return store.reports().values().stream()
                                .filter(r -> r.version() == version)
                                .count()
                        == names.length;
            } catch (IOException e) {
                return false;
            }
        });
        System.out.printf(
                "version %d at %s: push %.2f s, last file %.2f s, all statuses %.2f s; bundle %d bytes, difference %d bytes,"
                        + " sent %d bytes for each host%n",
                version,
                Instant.now(),
                pushed,
                written,
                since(start),
                bundle.bytes().length,
                objects,
                sent / names.length);
    }

    private static boolean all(Path base, String[] names, long version) {
        var line = "version " + version + ".";
        for (int i = names.length - 1; i >= 0; i--) {
            try (var reader = Files.newBufferedReader(base.resolve(names[i]).resolve("portero.yaml"))) {
                if (!String.valueOf(reader.readLine()).endsWith(line)) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 180_000_000_000L;
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
