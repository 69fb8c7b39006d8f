package io.portero.fleet.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.portero.fleet.HostSettings;
import io.portero.fleet.NatsServers;
import io.portero.fleet.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connection of a host to its store, with a real nats-server. */
class NatsTransportIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path base = Path.of("");

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger tries = new AtomicInteger();
    private NatsServers servers;
    private Optional<Transport> transport = Optional.empty();

    @BeforeEach
    void aServerWithBucketsRuns() throws Exception {
        servers = NatsServers.start(base, 1, "");
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            NatsStore.open(servers.settings()).close();
            return true;
        });
    }

    @AfterEach
    void end() throws Exception {
        if (transport.isPresent()) {
            transport.get().close();
        }
        servers.close();
    }

    private Transport start(NatsTransport.Connector connector) {
        var settings = new HostSettings(
                "example",
                "voice",
                "voice1",
                servers.settings(),
                1,
                base.resolve("allowed_signers"),
                Optional.empty(),
                base.resolve("host.yaml"),
                Optional.empty(),
                "127.0.0.1",
                0);
        var made = new NatsTransport(servers.settings(), settings, connector);
        transport = Optional.of(made);
        made.start(new Transport.Listener() {
            @Override
            public void offered(Transport.Slot slot, byte[] content) {
                told.add("offered " + slot);
            }

            @Override
            public void away(String why) {
                told.add("away: " + why);
            }

            @Override
            public void back() {
                told.add("back");
            }
        });
        return made;
    }

    private Connection failing(Options options, RuntimeException first, Exception second)
            throws IOException, InterruptedException {
        return switch (tries.incrementAndGet()) {
            case 1 -> throw first;
            case 2 -> throw second instanceof IOException e ? e : new IOException(second);
            default -> Nats.connect(options);
        };
    }

    @Test
    void connectsAgainAfterAnUndeclaredExceptionOfTheClient() {
        start(options -> failing(
                options, new IllegalStateException("Connection is Closed"), new IOException("Connection refused")));
        await().atMost(PATIENCE).until(() -> told.contains("offered BUNDLE"));
        assertThat(tries).hasValue(3);
        assertThat(told).startsWith("away: Connection is Closed", "back");
    }

    @Test
    void connectsAgainWhenAConnectionEndsDuringItsSetup() {
        start(options -> {
            var made = Nats.connect(options);
            if (tries.incrementAndGet() < 3) {
                made.close(); // the next use of it throws an unchecked exception
            }
            return made;
        });
        await().atMost(PATIENCE).until(() -> told.contains("offered BUNDLE"));
        assertThat(tries).hasValue(3);
        assertThat(told).contains("back");
    }

    @Test
    void closingStopsItsAttemptsToConnect() throws Exception {
        var closing = start(options -> failing(
                options, new IllegalStateException("Connection is Closed"), new IOException("Connection refused")));
        closing.close();
        int now = tries.get();
        Thread.sleep(1500);
        assertThat(tries.get()).isLessThanOrEqualTo(now + 1).isLessThan(3);
    }

    /**
     * When the store of a thousand hosts returns, they must not all connect at the same moment, and must not wait for
     * minutes.
     */
    @Test
    void hostsReconnectAtDifferentTimes() {
        for (long tries : List.of(0L, 1L, 3L, 7L, 1_000_000L)) {
            var delays = new ArrayList<Long>();
            for (int i = 0; i < 1000; i++) {
                delays.add(Connecting.delay(tries).toMillis());
            }
            long most = Math.min(30_000, 250L << Math.min(tries, 10));
            assertThat(delays).allMatch(d -> d >= most / 4 && d < most / 4 + most);
            // The delays are evenly distributed: no tenth of the time contains more than a sixth of the hosts.
            for (int tenth = 0; tenth < 10; tenth++) {
                long from = most / 4 + most * tenth / 10;
                long to = most / 4 + most * (tenth + 1) / 10;
                assertThat(delays.stream().filter(d -> d >= from && d < to)).hasSizeLessThan(167);
            }
        }
    }
}
