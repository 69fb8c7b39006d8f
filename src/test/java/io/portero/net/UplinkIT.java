package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host whose uplink becomes a bridge with the name of a container bridge, which the policy trusts by mistake. */
class UplinkIT {
    private static final String POLICY = """
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              metrics: { ports: [9090/tcp], from: [any] }
            trusted-interfaces: [docker0, "br-e*"]
            agent: { reconcile-interval: 1s, metrics: { host: 0.0.0.0 } }
            """;

    /** An agent on a busy machine checks less often, because a check costs more. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private TestLab net;
    private Path file;

    @BeforeEach
    void build() throws IOException {
        net = TestLab.build(Place.HOST, Place.MONITOR);
        file = net.lab.directory().resolve("candidate.yaml");
        write(POLICY);
    }

    @AfterEach
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private CommandResult.Completed portero(String... words) {
        return PackagedAgent.command(net.lab, words);
    }

    private void ip(String words) {
        var result = net.lab.run(Place.HOST, ("ip " + words).split(" "));
        assertThat(result).as(words).matches(r -> r instanceof CommandResult.Completed done && done.succeeded());
    }

    /** Packets from the old uplink still arrive; the default route uses a bridge. */
    private void bridge() {
        ip("link add br-ext type bridge");
        ip("link set br-ext up");
        ip("address add 100.64.7.2/24 dev br-ext");
        ip("route add default via 100.64.7.1 dev br-ext table 10");
    }

    @Test
    void everyCommandReportsATrustedUplink() throws IOException {
        assertThat(portero("check", file.toString()).exitCode()).isZero();
        bridge();
        var refused =
                file + ":4: trusted-interfaces: uplink is trusted: \"br-e*\" matches br-ext, which holds a default";
        for (var command : new String[] {"check", "plan", "apply"}) {
            var done = portero(command, file.toString());
            assertThat(done.exitCode()).as(command).isEqualTo(2);
            assertThat(done.errors()).as(command).startsWith(refused);
        }
        assertThat(portero("check", "--json", file.toString()).output()).contains("uplink is trusted");
        assertThat(portero("check", "--other-host", file.toString()).exitCode()).isZero();

        var explain = new String[] {"explain", file.toString(), "--from", "192.0.2.99", "--to", "5432/tcp"};
        assertThat(portero(explain).output())
                .startsWith("accept: to 5432/tcp, by trusted-interfaces: br-ext is trusted, because br-e* matches it");
        var judged =
                new String[] {"explain", file.toString(), "--from", "192.0.2.99", "--to", "5432/tcp", "--via", "eth9"};
        assertThat(portero(judged).output()).startsWith("drop: to 5432/tcp, by services");

        assertThat(portero("exposure", file.toString()).output())
                .contains(
                        "note: everybody who comes in by br-ext reaches all of this, because it is trusted (trusted-interfaces: br-e*)");
        write(POLICY + "safety: { trust-uplink: true }\n");
        assertThat(portero("check", file.toString()).exitCode()).isZero();
        assertThat(portero("plan", file.toString()).output()).contains("note: everybody who comes in by br-ext");

        var words = PackagedAgent.words(net.lab, "init");
        var init = net.lab.run(
                Place.HOST, words.subList(0, words.indexOf("--config")).toArray(String[]::new));
        var proposed = init instanceof CommandResult.Completed done ? done.output() : "not run";
        assertThat(proposed)
                .contains("# br-ext has the name of a container bridge")
                .doesNotContain("br-*");
    }

    @Test
    void theAgentReportsATrustedUplinkAndContinuesToEnforce() throws Exception {
        try (var agent = PackagedAgent.start(net.lab, POLICY)) {
            assertThat(metrics()).contains("portero_trusted_uplink").doesNotContain("interface=\"br-ext\"");
            bridge();
            await().atMost(PATIENCE)
                    .until(() -> metrics().contains("portero_trusted_uplink{interface=\"br-ext\"} 1.0"));
            assertThat(agent.log())
                    .containsOnlyOnce("the uplink br-ext is trusted, because trusted-interfaces has br-e*");
            assertThat(agent.status()).contains("the uplink br-ext is trusted");
            assertThat(PackagedAgent.command(net.lab, "status").output())
                    .contains("UPLINK     the uplink br-ext is trusted");
            assertThat(agent.isInSync()).isTrue();

            agent.edit(POLICY + "ping: []\n");
            await().atMost(PATIENCE).until(() -> agent.log().contains("uplink is trusted: \"br-e*\" matches br-ext"));
            ip("link del br-ext");
            await().atMost(PATIENCE).until(() -> agent.log().contains("no uplink is trusted any more"));
            assertThat(metrics()).doesNotContain("interface=\"br-ext\"");
            await().atMost(PATIENCE).until(() -> metrics().contains("\nportero_policy_last_reload_successful 1.0\n"));
            assertThat(agent.status()).containsPattern("\"trusted_uplinks\" : \\[ ?]");
        }
    }

    private String metrics() {
        return net.lab
                .from(Place.MONITOR)
                .get("-", Place.HOST.address(io.portero.policy.Family.V4), 9090, "/metrics", Duration.ofSeconds(10))
                .join();
    }
}
