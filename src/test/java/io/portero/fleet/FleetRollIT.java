package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.PurgeOptions;
import io.portero.fleet.nats.NatsStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three real nats-servers, four hosts, and operators that roll. */
class FleetRollIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final List<String> HOSTS = List.of("canary", "a", "b", "c");

    @TempDir
    private Path base = Path.of("");

    /** Each laptop has its own thread: on two processors, the common pool has only one. */
    private final ExecutorService laptops = Executors.newCachedThreadPool();

    private NatsServers servers;
    private TestFleet fleet;
    private OperatorStore store;
    private final Map<String, TestHost> hosts = new LinkedHashMap<>();

    @BeforeEach
    void everyHostHasVersionOne() throws Exception {
        servers = NatsServers.start(base, 3, "");
        fleet = new TestFleet(base, HOSTS.toArray(String[]::new));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            store = NatsStore.open(servers.settings());
            return true;
        });
        fleet.sign();
        fleet.push(store);
        for (var name : HOSTS) {
            hosts.put(name, TestHost.of(base, name, servers.settings(), fleet.allowed, fleet.keys.keygen()));
        }
        await().atMost(PATIENCE).until(() -> hosts.values().stream().allMatch(h -> h.has(1)));
        await().atMost(PATIENCE).until(() -> store.reports().size() == HOSTS.size());
    }

    @AfterEach
    void end() throws Exception {
        laptops.shutdownNow();
        hosts.values().forEach(TestHost::close);
        store.close();
        servers.close();
    }

    private static final Roller.Progress SILENT = new Roller.Progress() {
        @Override
        public void ring(RollState state, int hosts, int asleep) {}

        @Override
        public void waiting(RollState state, int well, int all, String what) {}
    };

    private RollState roll(OperatorStore through, String by, Duration soak, Roller.Progress progress) throws Exception {
        var pushing = fleet.pushing(through);
        var load = pushing.load();
        pushing.lists(load, (done, all) -> {});
        var timing = new Roller.Timing(soak, PATIENCE);
        return new Roller(through, pushing, fleet.read(), load.version(), timing, progress, Clock.systemUTC())
                .roll(load, RollState.begun(load.version(), by, List.of(1, 10, 50, 100), Instant.now()));
    }

    private void versionTwo() throws Exception {
        fleet.policy(5070);
        assertThat(fleet.sign().version()).isEqualTo(2);
    }

    @Test
    void aRollReachesEveryHostRingByRingWhenANodeOfTheStoreFails() throws Exception {
        versionTwo();
        var rings = new ArrayList<String>();
        var end = roll(store, "alice@laptop", Duration.ofMillis(500), new Roller.Progress() {
            @Override
            public void ring(RollState state, int count, int asleep) {
                rings.add(state.ring());
                if (state.step() == 0) {
                    assertThat(hosts.get("a").has(1)).isTrue();
                } else if (rings.size() == 2) {
                    try {
                        servers.kill(0);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }

            @Override
            public void waiting(RollState state, int well, int all, String what) {}
        });
        assertThat(end.phase()).isEqualTo(RollState.Phase.DONE);
        assertThat(rings).startsWith("the canaries").endsWith("the ring of 100 %");
        assertThat(hosts.values()).allMatch(h -> h.has(2));
        var back = fleet.former(store);
        assertThat(back.get("voice").version()).isEqualTo(3);
        assertThat(store.reports()).hasSize(HOSTS.size());
    }

    /** If two of three nodes fail, the store does not work: the roll waits, and continues when one is back. */
    @Test
    void failuresOfOneOrTwoNodesAtAnyStepDoNotHaltARoll() throws Exception {
        versionTwo();
        var steps = new AtomicInteger();
        var restarts = Executors.newSingleThreadScheduledExecutor();
        var end = roll(store, "alice@laptop", Duration.ofMillis(300), new Roller.Progress() {
            @Override
            public void ring(RollState state, int count, int asleep) {
                int step = steps.getAndIncrement();
                for (int node : step == 0 ? List.of(0, 1) : List.of(step % 3)) {
                    die(node);
                    var _ = restarts.schedule(() -> comeBack(node), 3, TimeUnit.SECONDS);
                }
            }

            @Override
            public void waiting(RollState state, int well, int all, String what) {}
        });
        restarts.shutdown();
        assertThat(end.sentence()).isEqualTo("version 2 was rolled out by alice@laptop");
        assertThat(hosts.values()).allMatch(h -> h.has(2));
        assertThat(hosts.values()).allMatch(h -> h.log.stream().noneMatch(l -> l.startsWith("refused")));
        assertThat(restarts.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private void die(int node) {
        try {
            servers.kill(node);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void comeBack(int node) {
        try {
            servers.start(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCanaryThatRollsBackHaltsTheRollBeforeOtherHostsChange() throws Exception {
        versionTwo();
        var rolling = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return roll(store, "alice@laptop", Duration.ofSeconds(30), SILENT);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                laptops);
        await().atMost(PATIENCE).until(() -> hosts.get("canary").has(2));
        hosts.get("canary").rolledBack();
        var end = rolling.get(30, TimeUnit.SECONDS);
        assertThat(end.sentence())
                .isEqualTo("the roll of version 2 by alice@laptop halted at the canaries: canary rolled it back: not"
                        + " confirmed in time");
        assertThat(List.of("a", "b", "c")).allMatch(h -> hosts.get(h).has(1));
        assertThat(store.get(Transport.Slot.NEXT, "voice")).isEmpty();
        assertThat(store.get(Transport.Slot.GATE, "voice")).isEmpty();

        var back = fleet.former(store);
        assertThat(back.get("voice").version()).isEqualTo(3);
        assertThat(back.get("voice").policy().text()).contains("5060/udp");
    }

    @Test
    void aSecondOperatorIsToldWhoRollsAndContinuesWhenTheFirstIsGone() throws Exception {
        versionTwo();
        var laptop = NatsStore.open(servers.settings());
        var rolling = CompletableFuture.runAsync(
                () -> {
                    try {
                        roll(laptop, "alice@laptop", Duration.ofMinutes(5), SILENT);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                laptops);
        await().atMost(PATIENCE).until(() -> hosts.get("canary").has(2));
        assertThatThrownBy(() -> roll(store, "bob@desk", Duration.ZERO, SILENT))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("alice@laptop rolls version 2 out, at the canaries, since ");
        assertThatThrownBy(() -> fleet.pushing(store).requireNoRoll()).isInstanceOf(Refusal.class);

        laptop.close(); // the laptop is closed
        var entry = store.roll().orElseThrow();
        var deserted =
                RollState.parse(entry.value()).orElseThrow().beat(Instant.now().minus(RollState.DESERTED));
        store.putRoll(deserted.bytes(), entry.revision());
        var end = roll(store, "bob@desk", Duration.ZERO, SILENT);
        assertThat(end.sentence()).isEqualTo("version 2 was rolled out by bob@desk");
        assertThat(end.started()).isEqualTo(deserted.started());
        assertThat(hosts.values()).allMatch(h -> h.has(2));
        rolling.cancel(true);
    }

    @Test
    void aRollDoesNotStartWithoutItsCanary() throws Exception {
        var canary = hosts.remove("canary");
        canary.close();
        var status = io.nats.client.Nats.connect(servers.urls().getFirst());
        status.jetStreamManagement()
                .purgeStream("KV_portero-status", PurgeOptions.subject("$KV.portero-status.canary"));
        status.close();
        versionTwo();
        assertThat(roll(store, "alice@laptop", Duration.ZERO, SILENT).sentence())
                .contains("the canary canary does not report; start portero-fleet there");
        assertThat(hosts.values()).allMatch(h -> h.has(1));
    }
}
