package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.nft.NewerNft;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The agent with a table that it owns, while others flush, kill and take over, and packets arrive all the time. */
class SealedAgentIT {
    private static final int PORT = 5060;
    private static final int OPEN = 5080;
    private static final int PER_SECOND = 1_000;
    private static final String POLICY = """
            groups: { itsp: [203.0.113.0/24] }
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
              open: { ports: [5080/udp], from: [any] }
            safety: { confirm: never }
            agent: { reconcile-interval: 2s, metrics: { host: 127.0.0.1 } }
            """;

    private TestLab net;
    private String path;
    private PackagedAgent agent;
    /** Uses the newer nft, because the nft of Debian 12 crashes because of its tables. */
    private Sighting sighting;

    @BeforeEach
    void start() throws Exception {
        net = TestLab.build(Place.STRANGER, Place.ITSP);
        var host = net.lab.at(Place.HOST);
        sighting = new Sighting(
                command -> host.run(new Command(newer(command.words()), command.input(), command.timeout())));
        var bin = Files.createDirectories(net.lab.directory().resolve("bin"));
        Files.createSymbolicLink(bin.resolve("nft"), NewerNft.find());
        path = bin + ":" + System.getenv("PATH");
        agent = PackagedAgent.startSealed(net.lab, POLICY, path);
        var nft = status().path("nft");
        boolean sealed = nft.path("sealed").asBoolean();
        Assumptions.assumeTrue(sealed, "not sealed: " + nft.path("unsealed").asText());
    }

    @AfterEach
    void end() {
        agent.close();
        net.close();
    }

    private static List<String> newer(List<String> words) {
        return words.stream()
                .map(word -> word.equals("nft") ? NewerNft.find().toString() : word)
                .toList();
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper().readTree(agent.statusFile());
    }

    private Outpost.Activity stream(Place from) {
        return net.lab.from(from).stream(from.address(Family.V4), Place.HOST.address(Family.V4), PORT, PER_SECOND)
                .join();
    }

    private CommandResult.Completed host(String... words) {
        return net.lab.run(Place.HOST, words) instanceof CommandResult.Completed done ? done : notRun(words);
    }

    private static CommandResult.Completed notRun(String... words) {
        throw new AssertionError("not run: " + String.join(" ", words));
    }

    private CommandResult.Completed nft(String command) {
        return host(NewerNft.find().toString(), command);
    }

    /** The handle of the table: a table that is created again gets another handle. */
    private String table() throws IOException {
        var listing = new ObjectMapper()
                .readTree(host(NewerNft.find().toString(), "-j", "list", "tables", "inet")
                        .output());
        return listing.path("nftables")
                .valueStream()
                .map(entry -> entry.path("table"))
                .filter(table -> table.path("name").asText().equals("portero"))
                .map(table -> table.path("handle") + " " + table.path("flags"))
                .findFirst()
                .orElse("none");
    }

    /** The number of datagrams that reached the host itself, where nothing listens. */
    private long arrived() {
        var lines = host("cat", "/proc/net/snmp")
                .output()
                .lines()
                .filter(l -> l.startsWith("Udp: "))
                .toList();
        var names = lines.getFirst().split(" ");
        var values = lines.getLast().split(" ");
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals("NoPorts")) {
                return Long.parseLong(values[i]);
            }
        }
        throw new AssertionError(lines.toString());
    }

    private void assertNothingLostOrLeaked(Map<Place, Outpost.Activity> streams) throws Exception {
        streams.values().forEach(s -> s.stop().join());
        var came = sighting.came();
        var passed = sighting.passed();
        var carrier = sight(Place.ITSP);
        var stranger = sight(Place.STRANGER);
        assertThat(came.get(carrier)).isGreaterThan(PER_SECOND);
        assertThat(passed.get(carrier)).as("permitted").isEqualTo(came.get(carrier));
        assertThat(came.get(stranger)).isGreaterThan(PER_SECOND);
        assertThat(passed.getOrDefault(stranger, 0L)).as("forbidden").isZero();
    }

    private static Sight sight(Place place) throws Exception {
        return new Sight(Ip.parse(place.address(Family.V4)), Protocol.UDP.number(), PORT);
    }

    private Map<Place, Outpost.Activity> streams() {
        sighting.start();
        return Map.of(Place.ITSP, stream(Place.ITSP), Place.STRANGER, stream(Place.STRANGER));
    }

    private static void during(Duration time) {
        await().pollDelay(time).until(() -> true);
    }

    @Test
    void aPolicyCanBeStagedBesideASealedTable() throws Exception {
        var next = net.lab.directory().resolve("next.yaml");
        Files.writeString(
                next,
                POLICY.replace("5080/udp], from: [any]", "5080/udp], from: [itsp]")
                        + "outgoing: { refuse: { mail: { ports: [25/tcp], to: [any] } } }\n");
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r-----"));
        var before = table();
        var began = command("stage", next.toString(), "--for", "10m");
        assertThat(began.exitCode()).as(began.toString()).isZero();
        assertThat(began.output())
                .contains("is tried on live traffic")
                .contains("differ in outgoing. This is not compared");
        assertThat(table()).isEqualTo(before);

        var family = Family.V4;
        var stream = net.lab.from(Place.STRANGER).stream(
                        Place.STRANGER.address(family), Place.HOST.address(family), OPEN, PER_SECOND)
                .join();
        await().atMost(TestLab.PATIENCE)
                .untilAsserted(() -> assertThat(command("stage", "--report").output())
                        .containsPattern("open +" + Place.STRANGER.address(family) + " +5080/udp"));
        stream.stop().join();
        assertThat(command("stage", "--report").output()).contains("differ in outgoing. This is not compared");
        assertThat(command("stage", "--end").exitCode()).isZero();
        assertThat(nft("list tables").output()).doesNotContain("portero_staged");
        assertThat(table()).isEqualTo(before);
        assertThat(status().path("in_sync").asBoolean()).isTrue();
    }

    @Test
    void flushesByOthersAdmitNothing() throws Exception {
        var table = table();
        var forbidden = stream(Place.STRANGER);
        during(Duration.ofSeconds(1));
        long before = arrived();
        var nft = NewerNft.find();
        for (int i = 0; i < 20; i++) { // only a few at a time, because a command has a timeout
            host(
                    "sh",
                    "-c",
                    "for i in 1 2 3 4 5; do " + nft + " flush ruleset; " + nft + " delete table inet portero; done");
        }
        during(Duration.ofSeconds(1));
        assertThat(arrived()).isEqualTo(before);
        forbidden.stop().join();
        assertThat(table()).isEqualTo(table);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                nft("list set inet portero_bans banned_v4").errors())
                        .isEmpty());
        await().atMost(Duration.ofSeconds(20)).until(agent::isInSync);
    }

    @Test
    void bansSurviveAFlushAndOthersCanAddBans() throws Exception {
        assertThat(command("ban", "198.51.100.66", "--for=1h").exitCode()).isZero();
        assertThat(nft("add element inet portero_bans banned_v4 { 198.51.100.67 timeout 1h }")
                        .errors())
                .isEmpty();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(command("bans").output()).contains("198.51.100.66", "198.51.100.67"));
        nft("flush ruleset");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                nft("list set inet portero_bans banned_v4").output())
                        .contains("198.51.100.66 timeout", "198.51.100.67 timeout"));
        assertThat(command("unban", "198.51.100.66").exitCode()).isZero();
        assertThat(nft("list set inet portero_bans banned_v4").output()).doesNotContain("198.51.100.66 ");
    }

    @Test
    void aBannedSourceIsDroppedAndCountedAsBanned() throws Exception {
        var guest = Place.STRANGER.address(Family.V4);
        var open = new Sight(Ip.parse(guest), Protocol.UDP.number(), OPEN);
        sighting.start();
        var stream = net.lab.from(Place.STRANGER).stream(guest, Place.HOST.address(Family.V4), OPEN, PER_SECOND)
                .join();
        await().atMost(Duration.ofSeconds(10)).until(() -> sighting.passed().containsKey(open));
        assertThat(nft("add element inet portero_bans banned_v4 { " + guest + " timeout 1h }")
                        .errors())
                .isEmpty();
        during(Duration.ofMillis(500));
        long passed = sighting.passed().get(open);
        during(Duration.ofSeconds(1));
        assertThat(sighting.passed().get(open)).isEqualTo(passed);
        assertThat(nft("list counter inet portero dropped_banned").output()).doesNotContain("packets 0 ");
        assertThat(nft("delete element inet portero_bans banned_v4 { " + guest + " }")
                        .errors())
                .isEmpty();
        await().atMost(Duration.ofSeconds(10)).until(() -> sighting.passed().get(open) > passed);
        stream.stop().join();
    }

    @Test
    void theEndOfTheOwnerOrTheAgentAffectsNoPacket() throws Exception {
        var streams = streams();
        var table = table();
        during(Duration.ofSeconds(2));
        for (int i = 0; i < 3; i++) {
            owner().orElseThrow().destroyForcibly();
            await().atMost(Duration.ofSeconds(20)).until(() -> table().equals(table) && owner().isPresent());
            during(Duration.ofMillis(1500));
        }
        ProcessHandle.of(agent.pid()).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(20)).until(() -> !agent.isAlive());
        await().atMost(Duration.ofSeconds(10)).until(() -> !table().contains("owner"));
        agent = PackagedAgent.begin(net.lab, path, "second", "auto");
        await().atMost(Duration.ofSeconds(40)).until(agent::isInSync);
        assertThat(table()).isEqualTo(table);
        assertNothingLostOrLeaked(streams);
    }

    private Optional<ProcessHandle> owner() throws IOException {
        return ProcessHandle.of(agent.pid())
                .orElseThrow()
                .children()
                .filter(ProcessHandle::isAlive)
                .filter(child -> child.info().arguments().stream()
                        .anyMatch(words -> List.of(words).contains("-i")))
                .findFirst();
    }

    @Test
    void aTableLoadedAtBootIsTakenOverWithoutLoss() throws Exception {
        var script = net.lab.directory().resolve("state/last-good.nft");
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(script));
        agent.close();
        nft("flush ruleset");
        assertThat(host(NewerNft.find().toString(), "-f", script.toString()).errors())
                .isEmpty();
        var streams = streams();
        during(Duration.ofSeconds(1));
        agent = PackagedAgent.begin(net.lab, path, "second", "auto");
        await().atMost(Duration.ofSeconds(40)).until(agent::isInSync);
        during(Duration.ofSeconds(1));
        assertThat(table()).contains("owner");
        assertThat(nft("list tables").output()).doesNotContain("bridge");
        assertNothingLostOrLeaked(streams);
    }

    @Test
    void theTableCanBeRemovedByCommandOrByHand() throws Exception {
        assertThat(command("remove").exitCode()).isEqualTo(1);
        assertThat(nft("delete table inet portero").errors()).contains("Operation not permitted");
        agent.close();
        assertThat(command("remove").errors()).isEmpty();
        assertThat(nft("list tables").output()).doesNotContain("portero");

        agent = PackagedAgent.begin(net.lab, path, "second", "auto");
        await().atMost(Duration.ofSeconds(40)).until(agent::isInSync);
        ProcessHandle.of(agent.pid()).orElseThrow().destroyForcibly(); // as an operator would: systemctl kill
        await().atMost(Duration.ofSeconds(20)).until(() -> !agent.isAlive());
        await().atMost(Duration.ofSeconds(10)).until(() -> !table().contains("owner"));
        assertThat(nft("delete table inet portero").errors()).isEmpty();
        assertThat(nft("delete table inet portero_bans").errors()).isEmpty();
    }

    private CommandResult.Completed command(String... words) {
        var all = new ArrayList<>(List.of("env", "PATH=" + path));
        all.addAll(PackagedAgent.words(net.lab, words));
        return host(all.toArray(String[]::new));
    }

    @Test
    void theTableIsPlainAgainWhenThePolicyForbidsSealing() throws Exception {
        var streams = streams();
        during(Duration.ofSeconds(1));
        agent.edit(POLICY.replace("agent: {", "agent: { sealed: never,"));
        await().atMost(Duration.ofSeconds(30)).until(() -> table().endsWith("MISSING") || !table().contains("persist"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !status().path("nft").path("sealed").asBoolean());
        agent.edit(POLICY);
        await().atMost(Duration.ofSeconds(30)).until(() -> table().contains("owner"));
        await().atMost(Duration.ofSeconds(30)).until(agent::isInSync);
        during(Duration.ofSeconds(1));
        assertNothingLostOrLeaked(streams);
    }
}
