package io.portero.fleet;

import io.portero.exec.Child;
import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Real nats-servers on this machine, one or a cluster; each can be killed and started again. */
public final class NatsServers implements AutoCloseable {
    private final Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Optional<Child>> servers = new ArrayList<>();

    private NatsServers(Path directory) {
        this.directory = directory;
    }

    /** @param more configuration lines for each server */
    public static NatsServers start(Path directory, int count, String more) throws Exception {
        var all = new NatsServers(directory);
        var free = freePorts(2 * count);
        var routes = free.subList(count, 2 * count);
        for (int i = 0; i < count; i++) {
            all.ports.add(free.get(i));
            all.servers.add(Optional.empty());
        }
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder("server_name: n" + i + "\nlisten: \"127.0.0.1:" + all.ports.get(i) + "\"\n");
            text.append("jetstream { store_dir: \"" + directory.resolve("store" + i) + "\" }\n");
            if (count > 1) {
                text.append("cluster { name: test, listen: \"127.0.0.1:" + routes.get(i) + "\", routes: [");
                routes.forEach(r -> text.append("\"nats://127.0.0.1:" + r + "\", "));
                text.append("] }\n");
            }
            Files.writeString(directory.resolve("nats" + i + ".conf"), text + more);
        }
        for (int i = 0; i < count; i++) {
            all.start(i);
        }
        for (int i = 0; i < count; i++) {
            all.awaitReady(i);
        }
        return all;
    }

    /** Keeps all ports bound until the last is found, so that no port is found twice. */
    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    public void start(int i) throws IOException {
        var words = List.of(
                "nats-server", "-c", directory.resolve("nats" + i + ".conf").toString());
        servers.set(i, Optional.of(Child.logging(words, directory.resolve("nats" + i + ".log"))));
    }

    public void awaitReady(int i) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(i)), 200);
                return;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        throw new AssertionError(Files.readString(directory.resolve("nats" + i + ".log")));
    }

    public void kill(int i) throws InterruptedException {
        var server = servers.get(i);
        if (server.isPresent()) {
            server.get().kill();
            server.get().await();
            servers.set(i, Optional.empty());
        }
    }

    /** Deletes the data of a server, as if its store had lost everything. */
    public void forget(int i) throws IOException {
        try (var files = Files.walk(directory.resolve("store" + i))) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        }
    }

    public List<String> urls() {
        return ports.stream().map(p -> "nats://127.0.0.1:" + p).toList();
    }

    public List<String> tlsUrls() {
        return ports.stream().map(p -> "tls://127.0.0.1:" + p).toList();
    }

    public StoreSettings.Nats settings() {
        return new StoreSettings.Nats(urls(), Optional.empty(), Optional.empty(), Optional.empty(), 0);
    }

    @Override
    public void close() throws InterruptedException {
        for (int i = 0; i < servers.size(); i++) {
            kill(i);
        }
    }
}
