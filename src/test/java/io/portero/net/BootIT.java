package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The host is never open and never unreachable, whatever state of files and disks the agent finds at its start or
 * later.
 */
class BootIT {
    private TestLab net;
    private NftInPath nft;
    private PackagedAgent agent;

    private static String policy(String webFrom) {
        return """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  web: { ports: [443/tcp], from: %s }
                safety: { lockout-guard: false }
                agent: { metrics: { host: 127.0.0.1 } }
                """.formatted(webFrom);
    }

    private static final String OLD = policy("[" + Place.ITSP.address(Family.V4) + "]");

    @BeforeEach
    void build() throws Exception {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.ITSP);
        nft = new NftInPath(net.lab.directory().resolve("bin"));
        for (int port : new int[] {22, 443, 2222}) {
            net.lab.from(Place.HOST).listen(Protocol.TCP, port).join();
        }
        agent = PackagedAgent.start(net.lab, OLD, nft.path());
    }

    @AfterEach
    void close() {
        agent.close();
        run("umount", "-q", state("").toString());
        net.close();
    }

    private Path state(String name) {
        return net.lab.directory().resolve("state").resolve(name);
    }

    private void stop() {
        agent.close();
        assertThat(net.firewall.remove()).isEmpty();
    }

    private Reach tcp(Place from, int port) {
        return net.lab
                .from(from)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(Family.V4), port, Duration.ofMillis(800))
                .join();
    }

    private void assertOldIsInForce() {
        assertThat(tcp(Place.ITSP, 443)).isEqualTo(Reach.OPEN);
        assertThat(tcp(Place.STRANGER, 443)).isEqualTo(Reach.SILENT);
        assertThat(tcp(Place.STRANGER, 22)).isEqualTo(Reach.OPEN);
        assertThat(tcp(Place.STRANGER, 2222)).isEqualTo(Reach.SILENT);
    }

    private void restart() throws IOException {
        agent = PackagedAgent.begin(net.lab, nft.path());
        await().atMost(Duration.ofSeconds(20)).until(agent::isInSync);
    }

    @Test
    void nftLoadsTheLastGoodPolicyWithoutTheAgent() {
        stop();
        assertThat(tcp(Place.STRANGER, 443)).isEqualTo(Reach.OPEN);
        for (int i = 0; i < 2; i++) { // the same result when it is loaded twice
            var loaded =
                    net.lab.run(Place.HOST, "nft", "-f", state("last-good.nft").toString());
            assertThat(loaded)
                    .isInstanceOfSatisfying(
                            CommandResult.Completed.class,
                            d -> assertThat(d.errors()).isEmpty());
        }
        assertOldIsInForce();
    }

    @Test
    void aRestartChangesNothingInTheKernel() throws IOException {
        assertOldIsInForce(); // the counters are not zero
        net.lab.run(Place.HOST, "nft", "add element inet portero banned_v4 { 203.0.113.99 timeout 1h }");
        var before = everything();
        assertThat(before).contains("203.0.113.99").containsPattern("packets [1-9]");
        agent.close();
        restart();
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // the agent has checked once more
        assertThat(everything()).isEqualTo(before);
    }

    /** With the handles, because an object that is created again gets a new handle. */
    private String everything() {
        var listing = net.lab.run(Place.HOST, "nft", "-a", "list", "table", "inet", "portero");
        return listing instanceof CommandResult.Completed done
                ? done.output().replaceAll("expires \\S+", "")
                : listing.toString();
    }

    @Test
    void startsWithTheLastGoodPolicyWhenTheFileIsRefusedOrMissing() throws IOException {
        stop();
        agent.edit("services: { web: { ports: [nonsense] } }\n");
        restart();
        assertOldIsInForce();
        assertThat(agent.log()).contains("the last confirmed policy is in force");

        stop();
        Files.delete(agent.file());
        restart();
        assertOldIsInForce();
        assertThat(agent.statusFile()).contains("last_good");
    }

    @Test
    void closesTheHostExceptForSshWhenNoPolicyIsLeft() throws Exception {
        Sshd.start(net.lab, Place.HOST, 2200);
        stop();
        Files.delete(agent.file());
        for (var name : new String[] {"last-good.yaml", "last-good.nft"}) {
            Files.writeString(state(name), "\0 rubbish: [");
        }
        restart();
        assertThat(tcp(Place.STRANGER, 2200)).isEqualTo(Reach.OPEN);
        assertThat(tcp(Place.ITSP, 443)).isEqualTo(Reach.SILENT);
        assertThat(tcp(Place.STRANGER, 2222)).isEqualTo(Reach.SILENT);
        assertThat(agent.log()).contains("NO POLICY TO ENFORCE: the fallback, closed except for ssh,");
    }

    @Test
    void enforcesWithTruncatedStateFiles() throws IOException {
        agent.close();
        try (var files = Files.list(state(""))) {
            for (var file : files.toList()) {
                Files.write(file, new byte[0]);
            }
        }
        restart();
        assertOldIsInForce();
    }

    @Test
    void enforcesOnAFullAndOnAReadOnlyDiskAndCountsWhatItCouldNotWrite() throws IOException {
        agent.close();
        run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=128k,mode=750",
                "none",
                state("").toString());
        run("dd", "if=/dev/zero", "of=" + state("filler"), "bs=1k", "count=256");
        restart();
        agent.edit(policy("[any]"));
        await().atMost(Duration.ofSeconds(5)).until(() -> tcp(Place.STRANGER, 443) == Reach.OPEN);
        awaitSaid("No space left on device");
        await().atMost(Duration.ofSeconds(15)).until(() -> unwritten() > 0);
        Files.delete(state("filler"));
        agent.edit(OLD);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> Files.exists(state("last-good.yaml"))
                        && Files.readString(state("last-good.yaml")).equals(OLD));
        assertThat(Files.readString(state("audit.jsonl"))).contains("missing_before");

        run("mount", "-o", "remount,ro", state("").toString());
        agent.edit(policy("[any]"));
        await().atMost(Duration.ofSeconds(5)).until(() -> tcp(Place.STRANGER, 443) == Reach.OPEN);
        awaitSaid("Read-only file system");
    }

    /** The log reports a failed write some seconds after the policy is in force. */
    private void awaitSaid(String what) {
        await().atMost(Duration.ofSeconds(15)).until(() -> agent.log().contains(what));
    }

    private long unwritten() throws IOException {
        return new ObjectMapper()
                .readTree(agent.statusFile())
                .path("audit")
                .path("unwritten")
                .asLong();
    }

    private void run(String... words) {
        var done = new ProcessRunner().run(Command.of(Duration.ofSeconds(10), words));
        assertThat(done).isInstanceOf(CommandResult.Completed.class);
    }

    @Test
    void aSecondAgentReportsTheFirstAndEnds() throws Exception {
        var second = PackagedAgent.begin(net.lab, nft.path(), "second");
        await().atMost(Duration.ofSeconds(10)).until(() -> !second.isAlive());
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(Files.readString(net.lab.log("second")).strip().lines())
                .singleElement()
                .asString()
                .contains("another agent");
        assertOldIsInForce();
    }

    @Test
    void enforcesTheLastOfFiveHundredPolicies() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        for (int i = 0; i < 500; i++) {
            agent.edit(i % 3 == 0 ? "services: {\n" : policy("[192.0.2." + i % 250 + "]"));
            Thread.sleep(Math.max(0, (end - System.nanoTime()) / 1_000_000 / (500 - i)));
        }
        agent.edit(policy("[" + Place.STRANGER.address(Family.V4) + "]"));
        await().atMost(Duration.ofSeconds(5)).until(() -> tcp(Place.STRANGER, 443) == Reach.OPEN);
        assertThat(tcp(Place.ITSP, 443)).isEqualTo(Reach.SILENT);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> agent.isInSync()
                        && !agent.statusFile().contains("\"seconds_left\"")
                        && !Files.exists(state("unconfirmed")));
    }

    @Test
    void keepsTheCompleteOldPolicyWhenTheKernelRefusesTheNewOne() throws IOException {
        nft.does("[ \"$1\" = -f ] && { echo 'Error: Could not process rule: Cannot allocate memory' >&2; exit 1; }");
        agent.edit(policy("[any]"));
        await().atMost(Duration.ofSeconds(5)).until(() -> agent.log().contains("Cannot allocate memory"));
        assertOldIsInForce();
        nft.does("");
        await().atMost(Duration.ofSeconds(40)).until(() -> tcp(Place.STRANGER, 443) == Reach.OPEN);
    }

    @Test
    void refusesAFileThatOthersMayWrite() throws IOException {
        Files.setPosixFilePermissions(agent.file(), PosixFilePermissions.fromString("rw-rw-rw-"));
        await().atMost(Duration.ofSeconds(5)).until(() -> agent.log().contains("chmod"));
        assertOldIsInForce();
    }
}
