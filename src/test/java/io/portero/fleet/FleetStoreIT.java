package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.portero.fleet.nats.NatsStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One real nats-server, hosts and an operator. */
class FleetStoreIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path base = Path.of("");

    private NatsServers servers;
    private TestFleet fleet;
    private TestHost host;
    private OperatorStore store;

    @BeforeEach
    void versionOneIsPushed() throws Exception {
        servers = NatsServers.start(base, 1, "");
        fleet = new TestFleet(base, "voice1");
        store = NatsStore.open(servers.settings());
        host = TestHost.of(base, "voice1", servers.settings(), fleet.allowed, fleet.keys.keygen());
        fleet.sign();
        fleet.push(store);
        await().atMost(PATIENCE).until(() -> host.has(1));
    }

    @AfterEach
    void end() throws Exception {
        host.close();
        store.close();
        servers.close();
    }

    private TestHost host(String name, Clock clock) throws Exception {
        return TestHost.at(clock, base, name, servers.settings(), fleet.allowed, fleet.keys.keygen());
    }

    private static String addresses(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "10." + i / 250 + "." + i % 250 + ".1\n")
                .collect(Collectors.joining());
    }

    private long version(long next) throws Exception {
        assertThat(fleet.sign().version()).isEqualTo(next);
        return fleet.push(store);
    }

    @Test
    void aPolicyOfThreeLayersIsWrittenAndReported() {
        assertThat(host.policy())
                .contains("  ssh:\n", "  sip:\n", "deny: [blocklist]", "file:" + host.directory + "/lists/");
        await().atMost(PATIENCE)
                .until(() -> store.reports().containsKey("voice1")
                        && store.reports().get("voice1").isGood()
                        && store.reports().get("voice1").version() == 1);
        assertThat(host.metrics()).contains("portero_fleet_version 1\n", "portero_fleet_age_seconds ");
    }

    @Test
    void anEditOfTheHostsOwnFileIsAppliedWithoutTheStore() throws Exception {
        servers.kill(0);
        Files.writeString(
                host.directory.resolve("host.yaml"),
                "services: { ssh: { ports: [2222/tcp], from: [192.0.2.1], management: true } }\n");
        await().atMost(PATIENCE).until(() -> host.policy().contains("2222/tcp"));
        assertThat(host.has(1)).isTrue();
    }

    @Test
    void aChangedListIsTransferredAsADifference() throws Exception {
        fleet.list(addresses(1, 20_000));
        version(2);
        await().atMost(PATIENCE).until(() -> host.has(2));
        fleet.list(addresses(11, 20_010));
        version(3);
        await().atMost(PATIENCE).until(() -> host.has(3));
        var lists = fleet.signed().bundles().get("voice");
        var list = Manifest.parse(lists.signed()).lists().getFirst();
        var whole = Files.readString(host.directory.resolve("lists").resolve(list.hash() + ".txt"));
        assertThat(whole).isEqualTo(ListRef.canonical(addresses(11, 20_010)));
        assertThat(fleet.signed().objectsOf(list).entrySet().stream()
                        .filter(e -> e.getKey().contains("-"))
                        .map(e -> e.getValue().length))
                .singleElement()
                .satisfies(bytes -> assertThat(bytes).isLessThan(400));
    }

    /** The host is away; when it returns, the list that it knows was removed from the store long ago. */
    @Test
    void unusedListsAreRemovedAndAHostThatWasAwayGetsTheNewestVersion() throws Exception {
        host.close();
        for (int version = 2; version <= 20; version++) {
            fleet.list("192.0.2." + version + "\n");
            version(version);
        }
        int before = store.objects().size();
        var removed = new OldLists(store, Duration.ZERO).remove();
        assertThat(removed.objects()).isEqualTo(before - store.objects().size()).isPositive();
        // The last 16 versions stay, because portero fleet back may return to them.
        assertThat(store.objects().stream().filter(o -> !o.name().contains("-")))
                .hasSize(16);
        assertThat(new OldLists(store, Duration.ZERO).remove().objects()).isZero();
        host = host("voice1", Clock.systemUTC());
        await().atMost(PATIENCE).until(() -> host.has(20));
    }

    @Test
    void aHostWhoseListIsMissingKeepsItsPolicyAndReportsIt() throws Exception {
        fleet.list("192.0.2.77\n");
        host.close();
        version(2);
        for (var object : store.objects()) {
            store.deleteObject(object.name());
        }
        host = host("voice1", Clock.systemUTC());
        await().atMost(PATIENCE).until(() -> host.log.stream().anyMatch(l -> l.startsWith("refused")));
        assertThat(host.log)
                .contains("refused: the list blocklist.txt could not be fetched: the store has no such list; push the"
                        + " bundle again; version 1 stays");
        assertThat(host.has(1)).isTrue();
        fleet.push(store);
        await().atMost(Duration.ofSeconds(90)).until(() -> host.has(2));
    }

    @Test
    void anOlderVersionInTheStoreIsRefusedAndCounted() throws Exception {
        var first = fleet.signed().bundles().get("voice");
        fleet.policy(5061);
        version(2);
        await().atMost(PATIENCE).until(() -> host.has(2));
        var entry = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
        store.put(Transport.Slot.BUNDLE, "voice", first.bytes(), entry.revision());
        await().atMost(PATIENCE).until(() -> host.metrics().contains("refusals_total{reason=\"older\"} 1\n"));
        assertThat(host.has(2)).isTrue();
        await().atMost(PATIENCE)
                .until(() -> store.reports().get("voice1").outcome().equals("refused"));
        assertThat(store.reports().get("voice1").why().orElse("")).startsWith("version 1 is older than version 2");
    }

    @Test
    void aStoreThatLosesItsDataChangesNothingAndCanBeFilledAgain() throws Exception {
        store.close();
        servers.kill(0);
        servers.forget(0);
        servers.start(0);
        servers.awaitReady(0);
        store = NatsStore.open(servers.settings());
        await().atMost(PATIENCE)
                .until(() -> host.log.stream()
                                .filter("the store can be reached again"::equals)
                                .count()
                        > 1);
        assertThat(host.has(1)).isTrue();
        fleet.policy(5062);
        version(2);
        await().atMost(PATIENCE).until(() -> host.has(2));
    }

    @Test
    void garbageAndDeletionsInTheStoreChangeNothing() throws Exception {
        var entry = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
        store.put(Transport.Slot.BUNDLE, "voice", "mode: observe\n".getBytes(StandardCharsets.UTF_8), entry.revision());
        await().atMost(PATIENCE).until(() -> host.metrics().contains("refusals_total{reason=\"unsigned\"} 1\n"));
        store.delete(Transport.Slot.BUNDLE, "voice");
        assertThat(host.has(1)).isTrue();
    }

    @Test
    void aListWithWrongContentIsRefusedUntilItIsCorrected() throws Exception {
        fleet.list("192.0.2.77\n");
        fleet.sign();
        var bundle = fleet.signed().bundles().get("voice");
        var list = Manifest.parse(bundle.signed()).lists().getFirst();
        store.putObject(list.hash(), "0.0.0.0/1\n".getBytes(StandardCharsets.UTF_8));
        var entry = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
        store.put(Transport.Slot.BUNDLE, "voice", bundle.bytes(), entry.revision());
        await().atMost(PATIENCE).until(() -> host.metrics().contains("refusals_total{reason=\"list\"} 1\n"));
        assertThat(host.has(1)).isTrue();
    }

    @Test
    void anOlderVersionCannotBePushed() throws Exception {
        fleet.policy(5063);
        version(2);
        Files.delete(fleet.directory.resolve("signed/voice.bundle"));
        fleet.policy(5064);
        fleet.sign();
        assertThatThrownBy(() -> fleet.push(store))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the store holds version 2 for the role voice already");
    }

    @Test
    void backPushesThePreviousContentAsANewVersion() throws Exception {
        fleet.policy(5065);
        version(2);
        await().atMost(PATIENCE).until(() -> host.policy().contains("5065/udp"));
        var manifests = fleet.former(store);
        new Signing(fleet.signed(), fleet.keys.keygen(), Clock.systemUTC())
                .manifests(manifests, fleet.keys.of("alice"));
        var pushing = fleet.pushing(store);
        pushing.bundles(pushing.load());
        await().atMost(PATIENCE).until(() -> host.has(3) && host.policy().contains("5060/udp"));
    }

    @Test
    void backSignsNothingThatTheStoreForged() throws Exception {
        fleet.policy(5065);
        version(2);
        var entry = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
        var mine = Manifest.parse(fleet.signed().bundles().get("voice").signed());
        var forged = fleet.keys.signed(mine.as(3, mine.made(), mine.expires()), "mallory");
        store.put(Transport.Slot.BUNDLE, "voice", forged.bytes(), entry.revision());
        assertThatThrownBy(() -> fleet.former(store))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith(
                        "the bundle in the store for the role voice is signed neither by your" + " key nor by ");
    }

    @Test
    void aPushReplacesGarbageInTheStore() throws Exception {
        var entry = store.get(Transport.Slot.BUNDLE, "voice").orElseThrow();
        store.put(Transport.Slot.BUNDLE, "voice", "garbage".getBytes(StandardCharsets.UTF_8), entry.revision());
        fleet.policy(5066);
        version(2);
        await().atMost(PATIENCE).until(() -> host.has(2));
    }

    @Test
    void aRefusedBundleIsCheckedAgainAfterItsSignerIsAllowed() throws Exception {
        var allowed = Files.readString(fleet.allowed);
        Files.writeString(fleet.allowed, allowed.replace("alice", "# alice"));
        fleet.policy(5067);
        version(2);
        await().atMost(PATIENCE).until(() -> !host.metrics().contains("refusals_total{reason=\"unsigned\"} 0\n"));
        assertThat(host.has(1)).isTrue();
        Files.writeString(fleet.allowed, allowed);
        await().atMost(PATIENCE).until(() -> host.has(2));
    }

    @Test
    void theReportOfAHostWhoseClockIsADayAheadHasTheRealTime() throws Exception {
        try (var skewed = host("skewed", Clock.offset(Clock.systemUTC(), Duration.ofDays(1)))) {
            await().atMost(PATIENCE).until(() -> skewed.has(1));
            await().atMost(PATIENCE).until(() -> store.reports().containsKey("skewed"));
            assertThat(store.reports().get("skewed").at())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
        }
    }

    @Test
    void aHostWithANewRoleGetsTheBundleOfThatRoleInTheSameVersion() throws Exception {
        Files.writeString(
                fleet.directory.resolve("roles/data.yaml"), "services: { sql: { ports: [5432/tcp], from: [any] } }\n");
        Files.writeString(
                fleet.directory.resolve("fleet.yaml"),
                "fleet: example\nhosts: { voice1: { role: voice }, data1: { role: data } }\n");
        version(2);
        await().atMost(PATIENCE).until(() -> host.has(2));
        host.close();
        host = TestHost.in("data", base, "voice1", servers.settings(), fleet.allowed, fleet.keys.keygen());
        await().atMost(PATIENCE).until(() -> host.policy().contains("role data, version 2.\n"));
    }
}
