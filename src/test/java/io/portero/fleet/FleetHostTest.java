package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.CommandResult;
import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetHostTest {
    @TempDir
    private Path directory;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Store store = new Store();
    private final ScheduledThreadPoolExecutor executor = new Hasty();
    private FleetHost host;

    /** An executor for which a minute lasts a few milliseconds. */
    private static final class Hasty extends ScheduledThreadPoolExecutor {
        private Hasty() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            return super.schedule(command, delay / 10_000, unit);
        }
    }

    /** An empty store that cannot be reached at first. */
    private static final class Store implements Transport {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public void start(Listener listener) {}

        @Override
        public void ask() {
            if (asked.incrementAndGet() < 3) {
                throw new IllegalStateException("the connection is just being made");
            }
        }

        @Override
        public Optional<byte[]> object(String name, long mostBytes) {
            return Optional.empty();
        }

        @Override
        public void report(String json) {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws IOException {
        var own = Files.writeString(
                directory.resolve("host.yaml"),
                "services: { ssh: { ports: [22/tcp], from: [192.0.2.1], management: true } }\n");
        var settings = new HostSettings(
                "example",
                "voice",
                "voice1",
                new StoreSettings.Https(URI.create("https://store.example/"), Optional.empty()),
                1,
                directory.resolve("allowed"),
                Optional.empty(),
                own,
                Optional.empty(),
                "127.0.0.1",
                0);
        host = new FleetHost(
                settings,
                store,
                new SshKeygen(command -> new CommandResult.NotStarted(command.program(), "not here")),
                directory,
                directory.resolve("status.json"),
                executor,
                Clock.systemUTC(),
                log::add);
        host.start();
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
        host.close();
    }

    @Test
    void asksAgainAfterTheStoreCouldNotBeReached() {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(store.asked.get()).isGreaterThan(3));
        assertThat(log).anyMatch(line -> line.contains("the connection is just being made"));
    }
}
