package io.portero.fleet;

import io.portero.exec.ProcessRunner;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.NatsStore;
import io.portero.fleet.nats.NatsTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures how a push spreads over many hosts in this process, each with a connection and all of the real client, and a real
 * cluster of three beside it.
 *
 * <p>{@code once} has one ssh-keygen verify a bundle for all hosts, which on real hosts verify side by side; {@code each} has
 * every host run it, on the processors of this one machine.
 */
final class FleetScale {
    private FleetScale() {}

    public static void main(String... arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        boolean each = arguments[1].equals("each");
        var base = Files.createTempDirectory("portero-scale");
        var names = IntStream.range(0, count).mapToObj(i -> "host" + i).toArray(String[]::new);
        try (var servers = NatsServers.start(base, 3, "")) {
            var fleet = new TestFleet(base, names);
            fleet.list(IntStream.range(0, 20_000)
                    .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                    .collect(Collectors.joining()));
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
                var executor = Executors.newScheduledThreadPool(16);
                var runner = new ProcessRunner();
                var memo = new java.util.concurrent.ConcurrentHashMap<String, io.portero.exec.CommandResult>();
                var keygen = new SshKeygen(command -> each
                        ? runner.run(command)
                        : memo.computeIfAbsent(
                                command.words().get(2) + command.input().hashCode(), k -> runner.run(command)));
                var hosts = new ArrayList<FleetHost>();
                for (var name : names) {
                    hosts.add(host(base, name, servers.settings(), fleet, keygen, executor));
                }
                long start = System.nanoTime();
                hosts.forEach(FleetHost::start);
                await(() -> all(base, names, 1));
                System.out.printf("%d hosts connected and at version 1 after %.1f s%n", count, since(start));
                for (int round = 2; round <= 5; round++) {
                    push(base, names, fleet, store, round);
                }
                executor.shutdownNow();
                hosts.forEach(FleetHost::close);
            }
        }
        System.exit(0);
    }

    private static FleetHost host(
            Path base,
            String name,
            StoreSettings.Nats store,
            TestFleet fleet,
            SshKeygen keygen,
            java.util.concurrent.ScheduledExecutorService executor)
            throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var settings = new HostSettings(
                "example",
                "voice",
                name,
                store,
                1,
                fleet.allowed,
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
        fleet.list(IntStream.range(shift, 20_000 + shift)
                .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                .collect(Collectors.joining()));
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
        long start = System.nanoTime();
        fleet.push(store);
        double pushed = since(start);
        await(() -> all(base, names, version));
        double written = since(start);
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
                "version %d at %s: push %.2f s, last file %.2f s, all statuses %.2f s; bundle %d bytes, difference %d bytes%n",
                version, Instant.now(), pushed, written, since(start), bundle.bytes().length, objects);
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
