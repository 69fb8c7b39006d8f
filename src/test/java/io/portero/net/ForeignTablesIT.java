package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.nft.NewerNft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent beside tables of a newer nft, in the forms of the programs that create such tables. */
class ForeignTablesIT {
    private static final String POLICY = """
            groups: { itsp: [203.0.113.7] }
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
            agent: { reconcile-interval: 10m, metrics: { host: 127.0.0.1 } }
            """;
    private static final String ONE_MORE = """
            table ip one_more {
            	set declared {
            		type ipv4_addr
            		elements = { 192.0.2.201 }
            	}
            }
            """;
    private static final Duration SOON = Duration.ofSeconds(20);

    private TestLab net;
    private PackagedAgent agent;
    private Path newer;

    @BeforeEach
    void build() throws IOException {
        newer = NewerNft.find();
        net = TestLab.build(Place.HOST);
        // In the directory of the lab, which no other user may write.
        newer = launcher(net.lab.directory().resolve("newer"), newer);
    }

    private static Path launcher(Path file, Path program) throws IOException {
        Files.writeString(file, "#!/bin/sh\nexec " + program + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
        net.close();
    }

    private CommandResult.Completed run(List<String> words, String input) {
        return switch (net.lab.at(Place.HOST).run(new Command(words, input, Duration.ofSeconds(60)))) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }

    /** Runs the newer nft, which can read all tables. */
    private String nft(String input, String... words) {
        var all = new ArrayList<>(List.of(newer.toString()));
        all.addAll(List.of(words));
        var done = run(all, input);
        assertThat(done.errors()).isEmpty();
        return done.output();
    }

    /** Whether the nft of this host crashes because of such a table. */
    private boolean isOld() {
        return run(List.of("nft", "list", "tables"), "").signal().isPresent();
    }

    private String table() {
        var done = run(List.of(newer.toString(), "list", "table", "inet", "portero"), "");
        return done.output();
    }

    private String foreign() {
        return nft("", "-s", "list", "ruleset")
                .replaceAll("(?s)table inet portero \\{.*?\n}\n", "")
                .replaceAll("expires \\S+", "");
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper().readTree(agent.status());
    }

    private void untilInForce(String words) {
        await().atMost(SOON).untilAsserted(() -> assertThat(table()).as(log()).contains(words));
    }

    private String log() throws IOException {
        return agent.log();
    }

    private void untilItListens() {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> status().path("monitor").path("listening").asBoolean());
    }

    private long deathsTold() throws IOException {
        return agent.log().lines().filter(l -> l.contains("died of a")).count();
    }

    static Stream<String> shapes() {
        return Stream.of("docker", "podman", "crowdsec", "everything");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void worksWithTheNftOfThisHost(String shape) throws IOException {
        nft(Files.readString(Path.of("src/test/resources/foreign", shape + ".nft")), "-f", "-");
        boolean old = isOld();
        goesOn(POLICY);
        assertThat(deathsTold()).isEqualTo(old ? 1 : 0);
        var nft = status().path("nft");
        assertThat(nft.path("crashes").asLong() > 0).isEqualTo(old);
        if (old) {
            assertThat(nft.path("problem").asText())
                    .contains("cannot read a set that a newer nft created")
                    .contains("portero-nft");
        } else {
            assertThat(nft.path("problem").isNull()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void worksWithTheNftThatThePolicyNames(String shape) throws IOException {
        nft(Files.readString(Path.of("src/test/resources/foreign", shape + ".nft")), "-f", "-");
        goesOn(POLICY.replace("agent: {", "agent: { nft: " + newer + ","));
        assertThat(deathsTold()).isZero();
        assertThat(status().path("nft").path("program").asText()).isEqualTo(newer.toString());
        assertThat(status().path("nft").path("problem").isNull()).isTrue();
    }

    private void goesOn(String policy) throws IOException {
        var before = foreign();
        agent = PackagedAgent.start(net.lab, policy);
        untilItListens();
        agent.edit(policy.replace("5060", "5062"));
        untilInForce("5062");
        await().atMost(SOON).untilAsserted(() -> assertThat(log()).contains("is in force (file)"));
        nft("", "delete", "table", "inet", "portero");
        untilInForce("5062");
        await().atMost(SOON).untilAsserted(() -> assertThat(log()).contains("drift repaired"));
        var banned = PackagedAgent.command(net.lab, "ban", "192.0.2.66");
        assertThat(banned.exitCode()).as(banned.errors()).isZero();
        assertThat(table()).contains("192.0.2.66");
        assertThat(PackagedAgent.command(net.lab, "bans").output()).contains("192.0.2.66");
        assertThat(status().path("dropped").path("banned").has("packets")).isTrue();
        assertThat(status().path("in_sync").asBoolean()).isTrue();
        assertThat(foreign()).isEqualTo(before);
        agent.close();
        var remove = new ArrayList<>(List.of("env", "PORTERO_CONFIG=" + agent.file()));
        remove.addAll(PackagedProgram.words("remove"));
        var removed = run(remove, "");
        assertThat(removed.exitCode()).as(removed.errors()).isZero();
        assertThat(table()).isEmpty();
        agent = PackagedAgent.start(net.lab, policy);
    }

    @Test
    void survivesASetThatIsCreatedWhileItRunsAndReportsItOnce() throws IOException {
        agent = PackagedAgent.start(net.lab, POLICY);
        untilItListens();
        nft(ONE_MORE, "-f", "-");
        boolean old = isOld();
        agent.edit(POLICY.replace("5060", "5062"));
        untilInForce("5062");
        untilItListens();
        nft("", "delete", "table", "inet", "portero");
        untilInForce("5062");
        nft(ONE_MORE.replace("one_more", "yet_another"), "-f", "-");
        agent.edit(POLICY.replace("5060", "5063"));
        untilInForce("5063");
        assertThat(deathsTold()).as(log()).isEqualTo(old ? 1 : 0);
        agent.edit(POLICY.replace("5060", "5064").replace("agent: {", "agent: { nft: " + newer + ","));
        untilInForce("5064");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(status().path("nft").path("problem").isNull())
                                .isTrue());
        assertThat(status().path("nft").path("program").asText()).isEqualTo(newer.toString());
        untilItListens();
        nft("", "delete", "table", "inet", "portero");
        untilInForce("5064");
    }
}
