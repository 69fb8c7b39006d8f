package io.portero.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.DroppedSource;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Count;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.stage.StageTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusJsonTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    private static final List<DroppedSource> DROPPED = List.of(
            source("203.0.113.1", "5060/udp", 3),
            source("203.0.113.9", "443/udp", 70),
            source("2001:db8::9", "22/tcp", 9));

    private static DroppedSource source(String address, String port, long packets) {
        try {
            return new DroppedSource(
                    Ip.parse(address),
                    Optional.of(PortRange.parse(port)),
                    new Count(packets, 60 * packets),
                    Duration.ofMinutes(2));
        } catch (Ip.NotAnAddress | PortRange.NotAPort e) {
            throw new AssertionError(e);
        }
    }

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final History history = new History(CLOCK);
    private final StatusComposer composer = new StatusComposer(
            "1.2.3",
            "jvm",
            new Facts(
                    () -> Map.of("service_web_accept", new Count(3, 300), "dropped_source", new Count(2, 80)),
                    () -> true,
                    () -> true,
                    () -> 4,
                    List::of,
                    List::of,
                    List::of,
                    observing -> observing
                            ? new DroppedSources.Report(DROPPED, DROPPED)
                            : new DroppedSources.Report(DROPPED, List.of()),
                    () -> StageTable.Differences.NONE,
                    () -> new NftRow(
                            "nft",
                            Optional.of("1.0.6"),
                            2,
                            Optional.of("nft died; name another"),
                            false,
                            Optional.of("this nft cannot")),
                    List::of),
            history::latest,
            CLOCK);
    private final List<Runnable> later = new ArrayList<>();
    private StatusFile file;
    private Path policy;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        policy = directory.resolve("portero.yaml");
        file = new StatusFile(directory.resolve("run"), composer, later::add);
        write("""
                groups: { a: [192.0.2.1, 192.0.2.8/29, "2001:db8::/32"], many: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [a], management: true }
                  web: { ports: [443/tcp, 443/udp], from: [any] }
                agent: { metrics: { host: "::1", port: 9191 } }
                """.formatted(String.join(", ", everySecond(64))));
        reconciler = newAgent();
        reconciler.pass(Trigger.STARTUP);
    }

    private Reconciler newAgent() {
        return new Reconciler(
                policy,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), CLOCK, System::nanoTime),
                CLOCK,
                List.of(history, file));
    }

    private static List<String> everySecond(int count) {
        var addresses = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            addresses.add("198.51.100." + 2 * i);
        }
        return addresses;
    }

    private void write(String text) throws IOException {
        Files.writeString(policy, text);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
    }

    private JsonNode status() {
        try {
            return new ObjectMapper().readTree(StatusJson.compact(composer.of(reconciler.status())));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void showsThePolicyInForce() {
        var status = status();
        assertThat(status.path("in_sync").asBoolean()).isTrue();
        assertThat(status.path("since").asText()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(status.path("policy").path("digest").asText()).hasSize(16);
        assertThat(status.path("policy").path("mode").asText()).isEqualTo("enforce");
        assertThat(status.path("policy").path("last_reload_successful").asBoolean())
                .isTrue();
        assertThat(status.path("probation").isNull()).isTrue();
        assertThat(status.path("last_error").isNull()).isTrue();
        assertThat(status.path("metrics")).hasToString("""
                {"host":"::1","port":9191,"listening":true}""");
        assertThat(status.path("agent").path("pid").asLong())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(status.path("agent").path("version").asText()).isEqualTo("1.2.3");
    }

    @Test
    void showsTheTrafficThatPasses() {
        assertThat(status().path("services").path(1)).hasToString("""
                {"name":"web","ports":["443/tcp","443/udp"],"from":["any"],"enabled":true,"management":false,"limit":null,\
                "accepted":{"packets":3,"bytes":300},"refused":{"packets":0,"bytes":0},"connections":0,"draining":0}""");
        assertThat(status().path("dropped").path("source")).hasToString("""
                {"packets":2,"bytes":80}""");
        assertThat(status().path("groups").path(0)).hasToString("""
                {"name":"a","ipv4":2,"ipv6":1,"ranges":["192.0.2.1","192.0.2.8/29","2001:db8::/32"]}""");
    }

    @Test
    void showsWhichGroupReachesEachService() {
        assertThat(status().path("reachability")).hasToString("""
                {"ssh":{"a":"all","many":"none"},"web":{"a":"all","many":"all"}}""");
    }

    @Test
    void showsEventsNewestFirst() throws IOException {
        write("services: {}\n");
        reconciler.pass(Trigger.FILE);
        assertThat(status().path("history").findValuesAsText("kind")).containsExactly("refused", "applied");
        assertThat(status().path("history").path(0).path("what").asText()).startsWith("services");
    }

    @Test
    void staysSmallWithLongLists() {
        var many = status().path("groups").path(1);
        assertThat(many.path("ipv4").asInt()).isEqualTo(64);
        assertThat(many.path("ranges")).hasSize(20);
    }

    @Test
    void showsRefusedFilesAndDrift() throws IOException {
        write("services: {}\nx: 1\n");
        reconciler.pass(Trigger.FILE);
        firewall.remove();
        reconciler.pass(Trigger.PERIODIC);
        var status = status();
        assertThat(status.path("policy").path("last_reload_successful").asBoolean())
                .isFalse();
        assertThat(status.path("policy").path("problems")).isNotEmpty();
        assertThat(status.path("policy")
                        .path("problems")
                        .path(0)
                        .path("severity")
                        .asText())
                .isEqualTo("error");
        assertThat(status.path("drift").path(0)).hasToString("""
                {"at":"2026-01-01T00:00:00Z","kind":"table","what":"the table was deleted",\
                "program":"unknown","pid":null,"stood_seconds":null}""");
    }

    @Test
    void isWrittenOnceForEventsInQuickSuccession() throws IOException {
        reconciler.pass(Trigger.PERIODIC);
        reconciler.pass(Trigger.PERIODIC);
        assertThat(later).hasSize(1);
        later.getFirst().run();
        var written = directory.resolve("run").resolve(StatusFile.NAME);
        assertThat(written).hasContent(status().toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
                .isEqualTo("rw-r-----");
        reconciler.pass(Trigger.PERIODIC);
        file.refresh();
        assertThat(later).hasSize(2);
    }

    @Test
    void showsRefusedSourcesTheBusiestFirst() {
        var refused = status().path("refused_sources");
        assertThat(refused.path("count").asInt()).isEqualTo(3);
        assertThat(refused.path("first").findValuesAsText("address"))
                .containsExactly("203.0.113.9", "2001:db8::9", "203.0.113.1");
        assertThat(refused.path("first").path(0).path("packets").asLong()).isEqualTo(70);
        assertThat(refused.path("first").path(0).path("seconds_ago").asLong()).isEqualTo(120);
        assertThat(status().path("would_drop").isNull()).isTrue();
    }

    @Test
    void showsPacketsThatWouldBeDroppedByService() throws IOException {
        write(Files.readString(policy) + "mode: observe\n");
        reconciler.pass(Trigger.FILE);
        var flows = status().path("would_drop").path("first");
        assertThat(flows.findValuesAsText("port")).containsExactly("443/udp", "22/tcp", "5060/udp");
        assertThat(flows.path(0).path("service").asText()).isEqualTo("web");
        assertThat(flows.path(1).path("service").asText()).isEqualTo("ssh");
        assertThat(flows.path(2).path("service").isNull()).isTrue();
    }

    @Test
    void showsTheNftInUseAndItsProblems() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        var nft = status().path("nft");
        assertThat(nft.path("program").asText()).isEqualTo("nft");
        assertThat(nft.path("version").asText()).isEqualTo("1.0.6");
        assertThat(nft.path("crashes").asLong()).isEqualTo(2);
        assertThat(nft.path("problem").asText()).isEqualTo("nft died; name another");
    }

    @Test
    void aStartWithARefusedFileUsesTheSettingsOfTheLastGoodPolicy() throws IOException {
        write("services: nonsense\n");
        reconciler = newAgent();
        reconciler.pass(Trigger.STARTUP);
        assertThat(status().path("policy").path("origin").asText()).isEqualTo("last_good");
        assertThat(status().path("metrics").path("port").asInt()).isEqualTo(9191);
    }
}
