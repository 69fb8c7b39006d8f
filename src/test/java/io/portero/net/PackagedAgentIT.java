package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP answers and the command output of the packaged agent while it runs: shows what packaging has lost. */
@TestInstance(Lifecycle.PER_CLASS)
class PackagedAgentIT {
    private TestLab net;
    private PackagedAgent agent;
    private String good;

    @BeforeAll
    void start() throws IOException {
        good = Files.readString(Path.of("packaging/examples/all-in-one.yaml"));
        net = TestLab.build(Place.MONITOR);
        agent = PackagedAgent.start(net.lab, good);
    }

    @AfterAll
    void stop() {
        if (agent != null) {
            agent.close();
        }
        if (net != null) {
            net.close();
        }
    }

    private String get(String path) {
        return net.lab
                .from(Place.MONITOR)
                .get("-", Place.HOST.address(Family.V4), 9090, path, Duration.ofSeconds(10))
                .join();
    }

    private String body(String path) {
        var response = get(path);
        assertThat(response).startsWith("HTTP/1.1 200 ");
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private JsonNode json(String... words) throws IOException {
        var done = PackagedAgent.command(net.lab, words);
        assertThat(done.errors()).isEmpty();
        return new ObjectMapper().readTree(done.output());
    }

    /** The status without values that change all the time. */
    private static String still(JsonNode status) {
        var kept = status.deepCopy();
        ((com.fasterxml.jackson.databind.node.ObjectNode) kept)
                .remove(List.of("services", "dropped", "refused_sources", "since", "history"));
        return kept.toPrettyString();
    }

    @Test
    void commandAndPageShowTheSameStatus() throws IOException {
        var told = json("status", "--json");
        var answered = new ObjectMapper().readTree(body("/status"));
        assertThat(told.path("in_sync").asBoolean()).isTrue();
        assertThat(told.path("agent").path("runtime").asText()).isEqualTo(PackagedProgram.runtime());
        assertThat(told.path("services").findValuesAsText("name")).contains("ssh", "https", "webrtc", "sip", "rtp");
        assertThat(still(answered)).isEqualTo(still(told));
        var text = PackagedAgent.command(net.lab, "status").output();
        assertThat(text).containsIgnoringCase("in sync").contains("sip", "5060/udp");
        assertThat(get("/")).contains("<h1>In sync</h1>", "5060/udp").doesNotContain("<script>");
    }

    @Test
    void metricsShowTheRunningAgent() {
        assertThat(get("/metrics"))
                .contains("\nportero_in_sync 1.0\n")
                .containsPattern(
                        "portero_build_info\\{runtime=\"" + PackagedProgram.runtime() + "\",version=\"[^\"]+\"} 1.0")
                .containsPattern("portero_applies_total\\{outcome=\"applied\",trigger=\"startup\"} [1-9]")
                .containsPattern("portero_nft_commands_total\\{operation=\"[a-z]+\",outcome=\"[a-z]+\"} [1-9]")
                .contains("portero_conntrack_limit ", "portero_group_addresses{family=\"ipv4\",group=\"itsp\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready"})
    void itIsWell(String path) throws IOException {
        var health = new ObjectMapper().readTree(body(path));
        assertThat(health.path("status").asText()).isEqualTo("UP");
    }

    @Test
    void planExposureBansAndTrailHaveJsonOutput() throws IOException {
        assertThat(json("plan", "--json").path("changes").asBoolean(true)).isFalse();
        assertThat(json("exposure", "--json").path("listeners").isArray()).isTrue();
        assertThat(PackagedAgent.command(net.lab, "plan", "--detailed-exitcode").exitCode())
                .isZero();
        assertThat(PackagedAgent.command(net.lab, "ban", "8.8.4.4", "--for", "1h")
                        .exitCode())
                .isZero();
        assertThat(json("bans", "--json").findValuesAsText("address")).contains("8.8.4.4");
        assertThat(PackagedAgent.command(net.lab, "unban", "8.8.4.4").exitCode())
                .isZero();
        var trail = PackagedAgent.command(net.lab, "audit", "--json").output();
        assertThat(trail.lines())
                .isNotEmpty()
                .allSatisfy(l -> assertThat(
                                new ObjectMapper().readTree(l).path("event").asText())
                        .isNotEmpty());
        assertThat(PackagedAgent.command(net.lab, "audit", "--verify").output()).startsWith("whole: ");
    }

    @Test
    void applyMakesTheAgentApplyItsFileAndReportsTheOutcome() throws IOException {
        var unchanged = PackagedAgent.command(net.lab, "apply");
        assertThat(unchanged.output()).startsWith("unchanged: ");
        assertThat(unchanged.exitCode()).isZero();
        try {
            agent.edit(good.replaceFirst("(?m)^services:", "services:\n  extra: { ports: [7777/tcp], from: [any] }"));
            var applied = PackagedAgent.command(net.lab, "apply", agent.file().toString());
            assertThat(applied.exitCode()).as(applied.errors()).isZero();
            assertThat(json("status", "--json").path("services").toString()).contains("\"extra\"");
            agent.edit(good.replaceFirst("(?m)^services:", "servces:"));
            var refused = PackagedAgent.command(net.lab, "apply");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.errors())
                    .containsPattern("portero.yaml:\\d+: servces: ")
                    .contains("is refused");
        } finally {
            agent.edit(good);
        }
        assertThat(PackagedAgent.command(net.lab, "apply").exitCode()).isZero();
    }

    @Test
    void anotherFileIsNotAppliedWhileItRuns() {
        var done = PackagedAgent.command(net.lab, "apply", "/etc/hostname");
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.errors())
                .contains("/etc/hostname", "stop the agent first")
                .hasLineCount(1);
    }

    @Test
    void withNothingOnProbationThereIsNothingToConfirm() {
        for (var word : List.of("confirm", "rollback")) {
            var done = PackagedAgent.command(net.lab, word);
            assertThat(done.exitCode()).as(done.output() + done.errors()).isEqualTo(1);
            assertThat(done.errors()).startsWith("portero: ").hasLineCount(1);
        }
    }

    @Test
    void aRefusedEditIsReportedWithItsLineAndASignalReadsTheFileAgain() throws IOException {
        agent.edit(good.replaceFirst("(?m)^services:", "servces:"));
        try {
            await().atMost(Duration.ofSeconds(10)).until(() -> agent.log().contains("servces"));
            assertThat(agent.log()).containsPattern("portero.yaml:\\d+: servces: ");
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> !get("/metrics").contains("\nportero_policy_problems 0.0"));
            assertThat(get("/metrics")).contains("\nportero_policy_last_reload_successful 0.0\n");
            assertThat(json("status", "--json").path("policy").path("problems").findValuesAsText("key"))
                    .contains("servces");
            assertThat(get("/")).contains("servces");
            assertThat(PackagedAgent.command(net.lab, "check").exitCode()).isEqualTo(2);
        } finally {
            agent.edit(good);
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("/metrics").contains("\nportero_policy_last_reload_successful 1.0\n"));
        net.lab.run(Place.HOST, "kill", "-HUP", "" + agent.pid());
        await().atMost(Duration.ofSeconds(10)).until(() -> get("/metrics").contains("trigger=\"signal\""));
        assertThat(agent.isAlive()).isTrue();
    }

    @Test
    void withoutTheAgentCommandsApplyAndRemoveThePolicy() throws Exception {
        try (var other = TestLab.build()) {
            var file = other.lab.directory().resolve("portero.yaml");
            Files.copy(Path.of("packaging/examples/behind-sbc.yaml"), file);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
            assertThat(PackagedAgent.command(other.lab, "plan", "--detailed-exitcode")
                            .exitCode())
                    .isEqualTo(3);
            assertThat(PackagedAgent.command(other.lab, "apply").output()).startsWith("applied: ");
            assertThat(PackagedAgent.command(other.lab, "apply").output()).startsWith("unchanged: ");
            assertThat(other.lab.run(Place.HOST, PackagedProgram.words("remove").toArray(String[]::new)))
                    .isInstanceOfSatisfying(
                            CommandResult.Completed.class,
                            d -> assertThat(d.exitCode()).as(d.errors()).isZero());
            assertThat(other.lab.run(Place.HOST, "nft", "list", "tables"))
                    .isInstanceOfSatisfying(
                            CommandResult.Completed.class,
                            d -> assertThat(d.output()).doesNotContain("portero"));
        }
    }

    /** The labs of the demonstration remove what dead processes have left, but nothing of a running lab. */
    @Test
    void theDemonstrationPasses() {
        var done = PackagedProgram.run("demo", "--no-colour");
        assertThat(done.output()).contains("All checks passed.");
        assertThat(done.exitCode()).as(done.output() + done.errors()).isZero();
    }
}
