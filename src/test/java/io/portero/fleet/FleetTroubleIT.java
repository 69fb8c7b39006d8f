package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.NatsStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures of a fleet in the middle of a roll: a cluster of three, a canary and two hosts. */
class FleetTroubleIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> HOSTS = List.of("canary", "a", "b");

    @TempDir
    private Path base = Path.of("");

    private NatsServers servers;
    private TestFleet fleet;
    private OperatorStore store;
    private final Map<String, TestHost> hosts = new LinkedHashMap<>();

    @BeforeEach
    void everyHostHasVersionOne() throws Exception {
        servers = NatsServers.start(base, 3, "");
        fleet = new TestFleet(base, HOSTS.toArray(String[]::new));
        store = opened(servers.settings());
        fleet.sign();
        fleet.push(store);
        for (var name : HOSTS) {
            hosts.put(name, host(name, servers.settings()));
        }
        await().atMost(PATIENCE).until(() -> hosts.values().stream().allMatch(h -> h.has(1)));
        await().atMost(PATIENCE).until(() -> store.reports().size() == HOSTS.size());
        fleet.policy(5070);
        assertThat(fleet.sign().version()).isEqualTo(2);
    }

    @AfterEach
    void end() throws Exception {
        hosts.values().forEach(TestHost::close);
        store.close();
        servers.close();
    }

    private static OperatorStore opened(StoreSettings.Nats settings) {
        return await().atMost(PATIENCE).ignoreExceptions().until(() -> NatsStore.open(settings), s -> s != null);
    }

    private TestHost host(String name, StoreSettings.Nats settings) throws IOException {
        return TestHost.of(base, name, settings, fleet.allowed, fleet.keys.keygen());
    }

    private static StoreSettings.Nats at(List<String> urls) {
        return new StoreSettings.Nats(urls, Optional.empty(), Optional.empty(), Optional.empty(), 0);
    }

    private RollState roll(Duration soak, Consumer<RollState> atRing) throws Exception {
        var pushing = fleet.pushing(store);
        var load = pushing.load();
        pushing.lists(load, (done, all) -> {});
        var progress = new Roller.Progress() {
            @Override
            public void ring(RollState state, int count, int asleep) {
                atRing.accept(state);
            }

            @Override
            public void waiting(RollState state, int well, int all, String what) {}
        };
        var timing = new Roller.Timing(soak, PATIENCE);
        return new Roller(store, pushing, fleet.read(), load.version(), timing, progress, Clock.systemUTC())
                .roll(load, RollState.begun(load.version(), "alice@laptop", List.of(50, 100), Instant.now()));
    }

    @Test
    void aRollContinuesAfterAFailureOfAllThreeNodes() throws Exception {
        var restarts = Executors.newSingleThreadScheduledExecutor();
        var end = roll(Duration.ofMillis(300), state -> {
            if (state.step() == 1) {
                for (int node = 0; node < 3; node++) {
                    int which = node;
                    kill(which);
                    var _ = restarts.schedule(() -> start(which), 4, TimeUnit.SECONDS);
                }
            }
        });
        restarts.shutdown();
        assertThat(end.sentence()).isEqualTo("version 2 was rolled out by alice@laptop");
        await().atMost(PATIENCE).until(() -> hosts.values().stream().allMatch(h -> h.has(2)));
        assertThat(hosts.values()).allMatch(h -> h.log.stream().noneMatch(l -> l.startsWith("refused")));
    }

    private void kill(int node) {
        try {
            servers.kill(node);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(int node) {
        try {
            servers.start(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aChangeThatWouldLockTheOperatorOutStopsAtTheCanary() throws Exception {
        var watching = Executors.newSingleThreadExecutor();
        var refusing = watching.submit(() -> {
            await().atMost(PATIENCE).until(() -> hosts.get("canary").has(2));
            hosts.get("canary").lockedOut();
            return true;
        });
        var end = roll(Duration.ofSeconds(30), state -> {});
        assertThat(refusing.get()).isTrue();
        watching.shutdown();
        assertThat(end.sentence())
                .isEqualTo("the roll of version 2 by alice@laptop halted at the canaries: canary refuses it: it would"
                        + " shut out 192.0.2.1, who is logged in");
        assertThat(List.of("a", "b")).allMatch(h -> hosts.get(h).has(1));
        assertThat(store.get(Transport.Slot.NEXT, "voice")).isEmpty();
    }

    /** Only the canary may take the version at that time, so no other host can take it before the key is revoked. */
    @Test
    void removingASignerDuringARollHaltsIt() throws Exception {
        hosts.remove("canary").close();
        var ofTheCanary = Files.copy(fleet.allowed, base.resolve("allowed_signers_of_the_canary"));
        hosts.put("canary", TestHost.of(base, "canary", servers.settings(), ofTheCanary, fleet.keys.keygen()));
        await().atMost(PATIENCE).until(() -> hosts.get("canary").log.contains("the store can be reached again"));
        var end = roll(Duration.ofMillis(300), state -> {
            if (state.step() == 0) {
                remove(fleet.allowed);
            }
        });
        assertThat(end.phase()).isEqualTo(RollState.Phase.HALTED);
        assertThat(end.sentence())
                .matches("the roll of version 2 by alice@laptop halted at the ring of (50|100) %: [ab] refuses it: the"
                        + " bundle has no valid signature .*");
        assertThat(hosts.get("canary").has(2)).isTrue();
        assertThat(List.of("a", "b")).allMatch(h -> hosts.get(h).has(1));
    }

    private static void remove(Path signers) {
        try {
            Files.writeString(signers, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its packets are dropped silently, as a broken router drops them; the connection itself stays. */
    @Test
    void aHostThatWasCutOffCatchesUp() throws Exception {
        assumeThat(Files.isWritable(Path.of("/etc/shadow"))).as("root").isTrue();
        int port = URI.create(servers.urls().getFirst()).getPort();
        var others = servers.urls().subList(1, 3);
        hosts.remove("a").close();
        try (var far = host("a", at(servers.urls().subList(0, 1)));
                var near = opened(at(others))) {
            await().atMost(PATIENCE).until(() -> far.log.contains("the store can be reached again"));
            var table = "fleet_trouble_" + port;
            nft("table inet " + table + " { chain c { type filter hook input priority 0; tcp dport " + port
                    + " drop; tcp sport " + port + " drop; }; }");
            try {
                fleet.push(near);
                Thread.sleep(3000);
                assertThat(far.has(2)).isFalse();
            } finally {
                nft("delete table inet " + table);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> far.has(2));
        }
    }

    private static void nft(String script) {
        var done = new ProcessRunner().run(new Command(List.of("nft", "-f", "-"), script, Duration.ofSeconds(10)));
        assertThat(done)
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        c -> assertThat(c.succeeded()).as(c.errors()).isTrue());
    }
}
