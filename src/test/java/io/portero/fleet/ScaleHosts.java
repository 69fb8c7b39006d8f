package io.portero.fleet;

import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.SharedThreads;
import java.io.IOException;
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
import java.util.stream.Stream;

/** A process with many simulated hosts: each has a connection of its own and the code of a real host. */
final class ScaleHosts {
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private ScaleHosts() {}

    /** What a host does with a bundle. */
    enum Kind {
        /** All that a real host does. */
        EACH,
        /** The same, but only one host of each process runs ssh-keygen; the others take its answer. */
        ONCE,
        /** Fetches it and reports. */
        HEARD
    }

    /** Starts such a process; {@code scale.jvm} are further options of it. */
    static Child start(Path base, int from, int to, List<String> urls, Kind kind) throws IOException {
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx1500m", "-XX:+UseSerialGC"));
        words.addAll(Stream.of(System.getProperty("scale.jvm", "").split(" ", -1))
                .filter(w -> !w.isEmpty())
                .toList());
        words.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                ScaleHosts.class.getName(),
                base.toString(),
                String.valueOf(from),
                String.valueOf(to),
                String.join(",", urls),
                kind.name()));
        return Child.logging(words, base.resolve("hosts" + from + ".log"));
    }

    public static void main(String... arguments) throws Exception {
        var base = Path.of(arguments[0]);
        var kind = Kind.valueOf(arguments[4]);
        var store = new StoreSettings.Nats(
                List.of(arguments[3].split(",")), Optional.empty(), Optional.empty(), Optional.empty(), 0);
        var keygen = keygen(kind == Kind.ONCE);
        var executor = Executors.newScheduledThreadPool(1);
        for (int i = Integer.parseInt(arguments[1]); i < Integer.parseInt(arguments[2]); i++) {
            if (kind == Kind.HEARD) {
                listen(base, "host" + i, store);
            } else {
                host(base, "host" + i, store, keygen, executor).start();
            }
        }
        Thread.sleep(LONGEST);
    }

    private static SshKeygen keygen(boolean once) {
        var runner = new ProcessRunner();
        var memo = new ConcurrentHashMap<String, CommandResult>();
        return new SshKeygen(command -> once
                ? memo.computeIfAbsent(command.words().get(2) + command.input().hashCode(), k -> runner.run(command))
                : runner.run(command));
    }

    private static FleetHost host(
            Path base, String name, StoreSettings.Nats store, SshKeygen keygen, ScheduledExecutorService executor)
            throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var settings = settings(directory, name, store, base);
        return new FleetHost(
                settings,
                SharedThreads.transport(store, settings),
                keygen,
                directory,
                directory.resolve("status.json"),
                executor,
                Clock.systemUTC(),
                line -> {});
    }

    /** A host that believes everything, writes the version down and reports it. */
    private static void listen(Path base, String name, StoreSettings.Nats store) throws IOException {
        var directory = Files.createDirectories(base.resolve(name));
        var transport = SharedThreads.transport(store, settings(directory, name, store, base));
        transport.start(new Transport.Listener() {
            @Override
            public void offered(Transport.Slot slot, byte[] content) {
                try {
                    if (slot == Transport.Slot.BUNDLE && content.length > 0) {
                        var version =
                                Manifest.parse(Bundle.parse(content).signed()).version();
                        Files.writeString(directory.resolve(FleetFiles.POLICY), "version " + version + ".\n");
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
}
