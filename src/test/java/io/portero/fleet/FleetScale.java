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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures how a push spreads to many hosts. A process contains fifty hosts, each with its own connection and the
 * complete real client; the cluster of three servers is real, too.
 *
 * <p>With {@code once}, one ssh-keygen verifies a bundle for all hosts; real hosts verify in parallel. With {@code
 * each}, every host runs ssh-keygen, on the processors of this one machine. With {@code heard}, a host only fetches the
 * bundle. The third argument is the length of a list in which ten addresses change; real hosts also apply this
 * difference in parallel.
 */
final class FleetScale {
    private static final Pattern MONITOR = Pattern.compile("http monitor on 127.0.0.1:(\\d+)");
    private static final Pattern OUT = Pattern.compile("\"out_bytes\": (\\d+)");

    /** The number of hosts in a process. */
    private static final int TOGETHER = Integer.getInteger("scale.together", 50);

    private static int length;

    private FleetScale() {}

    /** The bytes that the servers have sent to clients. */
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

    /** The directories of the server processes in /proc. */
    private static List<Path> running(Path base) throws IOException {
        var servers = new ArrayList<Path>();
        try (var processes = Files.list(Path.of("/proc"))) {
            for (var process : processes
                    .filter(p -> p.getFileName().toString().matches("\\d+"))
                    .toList()) {
                try {
                    if (Files.readString(process.resolve("cmdline")).startsWith("nats-server\0-c\0" + base)) {
                        servers.add(process);
                    }
                } catch (IOException e) {
                    // The process has ended.
                }
            }
        }
        return servers;
    }

    /** The resident memory of the servers, in KiB. */
    private static long resident(Path base) throws IOException {
        long kib = 0;
        for (var server : running(base)) {
            kib += Files.readString(server.resolve("status"))
                    .lines()
                    .filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .sum();
        }
        return kib;
    }

    /** Processor time in seconds since the start: of the hosts' processes, of their ssh-keygens, and of the servers. */
    private record Spent(double hosts, double keygens, double servers) {
        static Spent by(Path base, List<Child> hosts) throws IOException {
            double own = 0;
            double keygens = 0;
            for (var host : hosts) {
                var times = times(Path.of("/proc", String.valueOf(host.pid())));
                own += times[0];
                keygens += times[1];
            }
            double servers = 0;
            for (var server : running(base)) {
                servers += times(server)[0];
            }
            return new Spent(own, keygens, servers);
        }

        /** The time of a process, and the time of its children that have ended: proc(5). */
        private static double[] times(Path process) throws IOException {
            var stat = Files.readString(process.resolve("stat"));
            var words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new double[] {
                (Long.parseLong(words[11]) + Long.parseLong(words[12])) / 100.0,
                (Long.parseLong(words[13]) + Long.parseLong(words[14])) / 100.0
            };
        }

        String forEach(int hosts, Spent before) {
            return String.format(
                    "%.1f ms of processor for each host: %.1f in its process, %.1f in ssh-keygen, %.1f in the servers",
                    1000 * (sum() - before.sum()) / hosts,
                    1000 * (this.hosts - before.hosts) / hosts,
                    1000 * (keygens - before.keygens) / hosts,
                    1000 * (servers - before.servers) / hosts);
        }

        private double sum() {
            return hosts + keygens + servers;
        }
    }

    private static String list(int from) {
        return IntStream.range(from, length + from)
                .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                .collect(Collectors.joining());
    }

    /** Runs a range of hosts until the input ends; one process with a thousand connections would itself be slow. */
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
        if (arguments[5].equals("heard")) {
            for (int i = Integer.parseInt(arguments[2]); i < Integer.parseInt(arguments[3]); i++) {
                listen(base, "host" + i, store);
            }
            Thread.sleep(Duration.ofMinutes(30));
        }
        var executor = Executors.newScheduledThreadPool(4);
        for (int i = Integer.parseInt(arguments[2]); i < Integer.parseInt(arguments[3]); i++) {
            host(base, "host" + i, store, keygen, executor).start();
        }
        Thread.sleep(Duration.ofMinutes(30));
    }

    public static void main(String... arguments) throws Exception {
        if (arguments[0].equals("hosts")) {
            hosts(arguments);
            return;
        }
        int count = Integer.parseInt(arguments[0]);
        length = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20_000;
        int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 5;
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
                            words(base, i, Math.min(count, i + TOGETHER), servers, arguments[1]),
                            base.resolve("hosts" + i + ".log")));
                }
                var first = new ArrayList<>(List.of(names));
                await(() -> all(base, first, 1));
                System.out.printf("%d hosts connected and at version 1 after %.1f s%n", count, since(start));
                System.out.printf(
                        "the three servers hold %.1f MB, %.1f KB more for each host%n",
                        resident(base) / 1024.0, (resident(base) - before) / (double) count);
                for (int round = 2; round <= rounds; round++) {
                    push(base, names, fleet, store, children, round);
                }
                for (var child : children) {
                    child.kill();
                    child.await();
                }
            }
        }
        System.exit(0);
    }

    /** Measures the store alone: the host verifies nothing, stores the version and reports it. */
    private static void listen(Path base, String name, StoreSettings.Nats store) throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var transport = new NatsTransport(store, settings(directory, name, store, base));
        transport.start(new Transport.Listener() {
            @Override
            public void offered(Transport.Slot slot, byte[] content) {
                try {
                    if (slot == Transport.Slot.BUNDLE && content.length > 0) {
                        var version =
                                Manifest.parse(Bundle.parse(content).signed()).version();
                        Files.writeString(directory.resolve("portero.yaml"), "version " + version + ".\n");
                        var report = new Report(
                                name, "voice", version, "ok", Optional.empty(), true, false, 0, 0, Instant.now());
                        transport.report(report.json());
                    }
                } catch (Refusal | IOException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void away(String why) {}

            @Override
            public void back() {}
        });
    }

    /** The command line that starts hosts in a process; {@code scale.jvm} adds JVM options. */
    private static List<String> words(Path base, int from, int to, NatsServers servers, String kind) {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        words.addAll(Stream.of(System.getProperty("scale.jvm", "").split(" ", -1))
                .filter(w -> !w.isEmpty())
                .toList());
        words.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                FleetScale.class.getName(),
                "hosts",
                base.toString(),
                String.valueOf(from),
                String.valueOf(to),
                String.join(",", servers.urls()),
                kind));
        return words;
    }

    private static HostSettings settings(Path directory, String name, StoreSettings.Nats store, Path base) {
        return new HostSettings(
                "example",
                "voice",
                name,
                store,
                1,
                base.resolve("keys/allowed_signers"),
                Optional.empty(),
                directory.resolve("host.yaml"),
                Optional.empty(),
                "127.0.0.1",
                0);
    }

    private static FleetHost host(
            Path base, String name, StoreSettings.Nats store, SshKeygen keygen, ScheduledExecutorService executor)
            throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var settings = settings(directory, name, store, base);
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

    private static void push(
            Path base, String[] names, TestFleet fleet, OperatorStore store, List<Child> children, int version)
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
        Set<String> told = ConcurrentHashMap.newKeySet();
        var following = store.follow(report -> {
            if (report.version() == version) {
                told.add(report.host());
            }
        });
        long sent = sent(base);
        var spent = Spent.by(base, children);
        long start = System.nanoTime();
        fleet.push(store);
        double pushed = since(start);
        var missing = new ArrayList<>(List.of(names));
        await(() -> all(base, missing, version));
        double written = since(start);
        await(() -> told.size() == names.length);
        double seen = since(start);
        following.close();
        sent = sent(base) - sent;
        System.out.printf(
                "version %d at %s, load %s: push %.2f s, last file %.2f s, all statuses %.2f s; bundle %d bytes, difference"
                        + " %d bytes, sent %d bytes for each host; %s%n",
                version,
                Instant.now(),
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0],
                pushed,
                written,
                seen,
                bundle.bytes().length,
                objects,
                sent / names.length,
                Spent.by(base, children).forEach(names.length, spent));
    }

    /** Checks only the hosts that did not have the version before. */
    private static boolean all(Path base, List<String> missing, long version) {
        var line = "version " + version + ".";
        while (!missing.isEmpty()) {
            try (var reader =
                    Files.newBufferedReader(base.resolve(missing.getLast()).resolve("portero.yaml"))) {
                if (!String.valueOf(reader.readLine()).endsWith(line)) {
                    return false;
                }
                missing.removeLast();
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
