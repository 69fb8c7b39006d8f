package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.fleet.nats.NatsStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new fleet: its hosts run before an operator has ever opened the store. */
class FirstRollIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path base = Path.of("");

    private final List<String> waited = new CopyOnWriteArrayList<>();

    @Test
    void waitsForTheFirstReportOfTheCanary() throws Exception {
        var fleet = new TestFleet(base, "canary", "a");
        fleet.sign();
        try (var servers = NatsServers.start(base, 1, "");
                var canary = TestHost.of(base, "canary", servers.settings(), fleet.allowed, fleet.keys.keygen());
                var other = TestHost.of(base, "a", servers.settings(), fleet.allowed, fleet.keys.keygen())) {
            await().atMost(PATIENCE).until(() -> canary.log.contains("the store can be reached again"));
            Thread.sleep(3000); // their reports find no bucket in the meantime
            try (var store = NatsStore.open(servers.settings())) {
                var pushing = fleet.pushing(store);
                var load = pushing.load();
                pushing.lists(load, (done, all) -> {});
                var timing = new Roller.Timing(Duration.ZERO, PATIENCE);
                var end = new Roller(store, pushing, fleet.read(), 1, timing, new Waiting(), Clock.systemUTC())
                        .roll(load, RollState.begun(1, "alice@laptop", List.of(100), Instant.now()));
                assertThat(end.sentence()).isEqualTo("version 1 was rolled out by alice@laptop");
                assertThat(canary.has(1)).isTrue();
                assertThat(other.log).noneMatch(l -> l.startsWith("refused"));
            }
        }
        assertThat(waited).contains("canary has not reported yet");
    }

    private final class Waiting implements Roller.Progress {
        @Override
        public void ring(RollState state, int hosts, int asleep) {}

        @Override
        public void waiting(RollState state, int well, int all, String what) {
            waited.add(what);
        }
    }
}
