package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another program changes our table in many ways while the packaged agent runs. */
class DriftIT {
    private static final String POLICY = """
            groups: { itsp: [192.0.2.0/24, 203.0.113.7], admins: [198.51.100.7] }
            services:
              ssh: { ports: [22/tcp], from: [admins, any], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
              rtp: { ports: [40000-50000/udp], from: [itsp] }
            agent:
              reconcile-interval: 10m
              metrics: { host: 127.0.0.1 }
            """;

    private TestLab net;
    private PackagedAgent agent;
    private NftInPath nft;
    private String whole;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST);
        nft = new NftInPath(net.lab.directory().resolve("bin"));
        agent = PackagedAgent.start(net.lab, POLICY, nft.path());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> status().path("in_sync").asBoolean());
        settle();
        whole = table();
    }

    @AfterEach
    void stop() {
        agent.close();
        net.close();
    }

    /** Waits until the monitor listens. */
    private void settle() {
        await().atMost(Duration.ofSeconds(10)).until(() -> monitor("pgrep").succeeded());
        pause(Duration.ofMillis(300));
    }

    /** Finds the monitor of this agent, and no other. */
    private CommandResult.Completed monitor(String... words) throws IOException {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-P", String.valueOf(agent.pid()), "-f", "nft monitor$"));
        return run(all, "");
    }

    private static void pause(Duration time) {
        await().pollDelay(time).until(() -> true);
    }

    private CommandResult.Completed run(String... words) {
        return run(List.of(words), "");
    }

    private CommandResult.Completed run(List<String> words, String input) {
        return switch (net.lab.at(Place.HOST).run(new Command(words, input, Duration.ofSeconds(60)))) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }

    private void nft(String script) {
        var done = run(List.of("nft", "-f", "-"), script);
        assertThat(done.errors()).isEmpty();
    }

    /**
     * The table without counters and handles, in an order that does not depend on when maps and chains were created.
     */
    private String table() {
        var text = run("nft", "list", "table", "inet", "portero").output();
        return Stream.of(text.replaceAll("packets \\d+ bytes \\d+", "")
                        .replace("table inet portero {\n", "")
                        .replaceFirst("\n}\n$", "")
                        .split("\n\n"))
                .map(String::strip)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper().readTree(agent.statusFile());
    }

    private void untilWhole() {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(table()).isEqualTo(whole));
    }

    private long warnings() throws IOException {
        return agent.log().lines().filter(l -> l.contains("drift repaired")).count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flush ruleset",
                "delete table inet portero",
                "insert rule inet portero prerouting accept",
                "add rule inet portero service_sip accept",
                "flush chain inet portero service_sip",
                "flush set inet portero itsp_v4",
                "add element inet portero itsp_v4 { 198.51.100.0/24 }",
                "delete element inet portero DISPATCH { 5060 }",
                "add chain inet portero prerouting { policy drop; }",
                "add chain inet portero extra { type filter hook prerouting priority -400; policy accept; }",
                "add table inet portero { flags dormant; }",
                "delete table inet portero; add table inet portero;"
                        + " add chain inet portero prerouting { type filter hook prerouting priority 0; }",
            })
    void undoesItAndNamesTheProgram(String what) throws IOException {
        nft(what.replace("DISPATCH", whole.replaceFirst("(?s).*(dispatch_udp_\\w+).*", "$1")));
        untilWhole();
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(
                                status().path("drift").path(0).path("program").asText())
                        .isIn(NftInPath.PROCESS_NAMES));
        assertThat(status().path("drift").path(0).path("stood_seconds").asDouble())
                .isBetween(0.0, 2.0);
        assertThat(agent.log()).containsPattern("by (nft|ld-linux-x86-64) \\(pid ");
    }

    @Test
    void repairsARuleWhoseBodyWasChangedUnderItsComment() {
        pause(Duration.ofMillis(1500)); // the agent has read back its own change, and knows how nft lists it
        var listing = run("nft", "-a", "list", "chain", "inet", "portero", "service_sip")
                .output();
        var rule =
                listing.lines().filter(l -> l.contains("@itsp_v4")).findFirst().orElseThrow();
        var handle = rule.substring(rule.indexOf("# handle ") + 9).strip();
        var comment = rule.substring(rule.indexOf("comment"), rule.indexOf("# handle"));
        nft("replace rule inet portero service_sip handle " + handle + " ip saddr != @itsp_v4 accept " + comment);
        untilWhole();
    }

    @Test
    void leavesBansAndTablesOfOthersUnchanged() throws IOException {
        nft("add table ip other; add set ip other q { type ipv4_addr; }");
        nft("add element inet portero banned_v4 { 203.0.113.99 timeout 1h }");
        nft("flush chain inet portero service_sip");
        await().atMost(Duration.ofSeconds(5)).until(() -> warnings() == 1);
        assertThat(table()).contains("203.0.113.99 timeout 1h");
        assertThat(run("nft", "list", "tables").output()).contains("table ip other");
    }

    @Test
    void repairsMoreSlowlyInContentionButWins() throws IOException {
        long before = cpuMillis();
        long start = System.nanoTime();
        run(List.of("sh", "-c", "for i in $(seq 1000); do nft flush ruleset; done"), "");
        untilWhole();
        pause(Duration.ofSeconds(5));
        var took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(status().path("contention").asText()).isIn(NftInPath.PROCESS_NAMES);
        assertThat(warnings()).isLessThan(20);
        assertThat(agent.log()).contains(" changes table inet portero again and again");
        assertThat(cpuMillis() - before)
                .as("milliseconds of CPU in " + took)
                // the repairs of the first minute, and a tenth of the time after that
                .isLessThan(1500 + took.toMillis() / 10);
        assertThat(table()).isEqualTo(whole);
    }

    /** The CPU time of the agent and of its children that have ended. */
    private long cpuMillis() throws IOException {
        var stat = Files.readString(Path.of("/proc/" + agent.pid() + "/stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return IntStream.of(11, 12, 13, 14)
                        .mapToLong(i -> Long.parseLong(fields[i]))
                        .sum()
                * 10;
    }

    @Test
    void survivesAMonitorThatIsKilledOrStopped() throws IOException {
        monitor("pkill", "-KILL");
        await().atMost(Duration.ofSeconds(5)).until(() -> agent.log().contains("(it ended"));
        settle();
        nft("flush ruleset");
        untilWhole();
        monitor("pkill", "-STOP");
        agent.edit(POLICY.replace("203.0.113.7", "203.0.113.8"));
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.log().contains("it reports no changes"));
        whole = whole.replace("203.0.113.7", "203.0.113.8");
        settle();
        nft("flush ruleset");
        untilWhole();
    }

    @Test
    void survivesAFloodOfChanges() throws IOException {
        nft("add table ip other; add set ip other q { type ipv4_addr; size 1000000; }");
        var elements = IntStream.range(0, 200_000)
                .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
                .collect(Collectors.joining(", ", "add element ip other q { ", " }\n"));
        nft(elements);
        nft("flush set ip other q");
        nft("delete table inet portero");
        untilWhole();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> status().path("in_sync").asBoolean());
    }

    @Test
    void survivesADeletionInTheMiddleOfAnApply() throws IOException {
        for (int i = 0; i < 20; i++) {
            agent.edit(POLICY.replace("22/tcp", (i % 2 == 0 ? "2222" : "22") + "/tcp"));
            pause(Duration.ofMillis(105 + 2 * i));
            run("nft", "delete", "table", "inet", "portero");
        }
        untilWhole();
    }

    /** Edits members and rules in turn, and deletes the table as soon as each edit is in force. */
    @Test
    void noticesADeletionRightAfterItsOwnChange() throws IOException {
        var gaps = new ArrayList<Long>();
        for (int i = 0; i < 20; i++) {
            var port = i % 4 < 2 ? "5061/udp" : "5060/udp";
            var member = i % 2 == 0 ? "203.0.113.8" : "203.0.113.7";
            long applies = applies();
            agent.edit(POLICY.replace("5060/udp", port).replace("203.0.113.7", member));
            await().atMost(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> applies() > applies);
            run("nft", "delete", "table", "inet", "portero");
            long start = System.nanoTime();
            await().atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> run("nft", "list", "chain", "inet", "portero", "prerouting")
                            .succeeded());
            gaps.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
            pause(Duration.ofMillis(1500));
        }
        gaps.sort(null);
        System.out.println("deleted right after each of 20 edits: median " + gaps.get(10) + " ms, worst "
                + gaps.getLast() + " ms");
        pause(Duration.ofSeconds(6)); // longer than the time in which a monitor must report a change
        assertThat(agent.log()).doesNotContain("monitor is started again");
        assertThat(metrics()).contains("portero_monitor_restarts_total 0.0");
    }

    private long applies() throws IOException {
        return agent.log().lines().filter(l -> l.contains("(file): ")).count();
    }

    private String metrics() {
        return run("curl", "-s", "http://127.0.0.1:9090/metrics").output();
    }

    @Test
    void survivesAMissingAFailingAndANonsensicalNft() throws IOException {
        nft.vanish();
        nft("flush ruleset");
        await().atMost(Duration.ofSeconds(10)).until(() -> agent.log().contains("does not exist"));
        await().atMost(Duration.ofSeconds(5))
                .until(() -> !status().path("in_sync").asBoolean()); // the status file is written a moment later
        nft.does("");
        untilWhole();

        nft.does("[ \"$1\" = -j ] && { echo '{ \"nftables\": [ { \"rule'; exit 0; }");
        nft("insert rule inet portero prerouting accept");
        await().atMost(Duration.ofSeconds(10)).until(() -> agent.log().contains("could not be read"));
        nft.does("");
        untilWhole();

        nft.does("[ $(( $(/usr/bin/od -An -N2 -tu2 /dev/urandom) % 5 )) = 0 ] && { echo Error: no luck >&2; exit 1; }");
        for (int i = 0; i < 10; i++) {
            run("nft", "delete", "table", "inet", "portero");
            untilWhole();
        }
    }
}
