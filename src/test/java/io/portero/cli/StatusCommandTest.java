package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.DroppedSource;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Count;
import io.portero.compile.NamedSet;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.policy.Family;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import io.portero.state.CounterMemory;
import io.portero.state.InstanceLock;
import io.portero.status.Facts;
import io.portero.status.StatusComposer;
import io.portero.status.StatusFile;
import io.portero.status.StatusJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

class StatusCommandTest {
    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final HostView host = new SilentHost();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private Optional<InstanceLock> lock = Optional.empty();

    private void anAgentRuns() throws IOException {
        anAgentRuns("");
    }

    @AfterEach
    void theAgentEnds() throws IOException {
        if (lock.isPresent()) {
            lock.get().close();
        }
    }

    private void anAgentRuns(String more) throws IOException {
        lock = InstanceLock.take(directory) instanceof InstanceLock.Taking.Taken(var taken)
                ? Optional.of(taken)
                : Optional.empty();
        var policy = directory.resolve("portero.yaml");
        Files.writeString(policy, """
                groups: { a: [192.0.2.1, "2001:db8::/32"] }
                services:
                  ssh: { ports: [22/tcp], from: [a], management: true }
                  a-service-with-a-very-long-name: { ports: [1000-2000/tcp, 3000-4000/udp], from: [192.0.2.0/24, a, 198.51.100.0/24] }
                """ + more);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
        var composer = new StatusComposer("1.2.3", "jvm", Facts.NONE, List::of, Clock.systemUTC());
        new Reconciler(
                        policy,
                        new PolicyReader(),
                        firewall,
                        DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                        host,
                        Keeping.in(directory.resolve("state"), directory, Clock.systemUTC(), System::nanoTime),
                        Clock.systemUTC(),
                        List.of(new StatusFile(directory, composer, Runnable::run)))
                .pass(Trigger.STARTUP);
    }

    private static DroppedSource source(String address, Optional<PortRange> wanted, long packets) throws Exception {
        return new DroppedSource(Ip.parse(address), wanted, new Count(packets, 60 * packets), Duration.ofSeconds(90));
    }

    @Test
    void listsTheBusiestRefusedSources() throws Exception {
        anAgentRuns();
        firewall.dropped(NamedSet.Seen.sources(Family.V4), source("203.0.113.1", Optional.empty(), 3));
        firewall.dropped(NamedSet.Seen.sources(Family.V6), source("2001:db8::9", Optional.empty(), 12));
        status();
        assertThat(output.toString()).contains("refused    2001:db8::9 12, 203.0.113.1 3, in the last hour\n");
    }

    @Test
    void modeEnforceHasNoReportOfPacketsThatWouldBeDropped() throws Exception {
        anAgentRuns();
        assertThat(status("--would-drop")).isEqualTo(1);
        assertThat(errors.toString())
                .startsWith("portero: mode is enforce")
                .contains("mode: observe")
                .hasLineCount(1);
    }

    @Test
    void reportsPacketsThatWouldBeDroppedInEightyColumns() throws Exception {
        anAgentRuns("mode: observe");
        firewall.dropped(
                NamedSet.Seen.flows(Family.V4),
                source("203.0.113.1", Optional.of(PortRange.parse("22/tcp")), 3),
                source("203.0.113.2", Optional.of(PortRange.parse("23/tcp")), 40));
        assertThat(status()).isZero();
        assertThat(output.toString()).contains("\nwould drop nothing\n").doesNotContain("\ndropped ");
        output.getBuffer().setLength(0);
        assertThat(status("--would-drop")).isZero();
        assertThat(output.toString().lines())
                .contains(
                        "service        source                           port          packets       last",
                        "none           203.0.113.2                      23/tcp             40  1 min ago",
                        "ssh            203.0.113.1                      22/tcp              3  1 min ago")
                .allSatisfy(l -> assertThat(l.length()).isLessThanOrEqualTo(80));
        output.getBuffer().setLength(0);
        status("--would-drop", "--json");
        assertThat(new ObjectMapper().readTree(output.toString()).path("count").asInt())
                .isEqualTo(2);
    }

    private int status(String... options) {
        return command("status", options);
    }

    private int command(String name, String... options) {
        var tools = new Tools(
                firewall,
                host,
                new PolicyReader(),
                n -> {
                    throw new AssertionError();
                },
                l -> 1,
                c -> 1,
                a -> 1);
        var line = PorteroCommand.commandLine(tools)
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true));
        var words = new java.util.ArrayList<>(List.of(name, "--run-dir", directory.toString()));
        words.addAll(List.of(options));
        return line.execute(words.toArray(String[]::new));
    }

    @Test
    void watchPrintsOnceWithoutATerminal() throws IOException {
        anAgentRuns();
        assertThat(command("watch")).isZero();
        assertThat(output.toString())
                .startsWith("in sync since ")
                .contains("service      ports              from           accepted      /s  refused      /s")
                .doesNotContain("\033[");
        assertThat(output.toString().lines().filter(l -> !l.startsWith("policy ")))
                .allMatch(l -> l.length() <= 80);
    }

    @Test
    void watchPrintsALineOfJsonForEachRefresh() throws IOException {
        anAgentRuns();
        assertThat(command("watch", "--json", "--count", "2", "--interval", "1s"))
                .isZero();
        var looks = output.toString().lines().toList();
        assertThat(looks).hasSize(2);
        var mapper = new ObjectMapper();
        assertThat(mapper.readTree(looks.getFirst()).has("rates")).isFalse();
        assertThat(mapper.readTree(looks.getLast()).path("rates").path("ssh").has("accepted"))
                .isTrue();
    }

    @Test
    void watchRefusesAnInvalidInterval() {
        assertThat(command("watch", "--interval", "often")).isEqualTo(64);
        assertThat(command("watch", "--interval", "ever")).isEqualTo(64);
        assertThat(errors.toString()).contains("--interval \"often\" is not an interval: write ");
    }

    @Test
    void saysThatNoAgentRuns() {
        assertThat(status()).isEqualTo(1);
        assertThat(errors.toString())
                .startsWith("portero: the agent is not running")
                .hasLineCount(1);
    }

    @Test
    void saysThatTheAgentHasEnded() throws IOException {
        anAgentRuns();
        theAgentEnds(); // its process id now belongs to another running program
        assertThat(status()).isEqualTo(1);
        assertThat(errors.toString())
                .contains("its last rules are still in force")
                .hasLineCount(1);
        assertThat(output.toString()).isEmpty();
    }

    @Test
    void saysThatTheFileIsBroken() throws IOException {
        for (var text : new String[] {"", "{", "[]", "{}", "null"}) {
            Files.writeString(directory.resolve(StatusFile.NAME), text);
            assertThat(status()).as(text).isEqualTo(1);
        }
        assertThat(errors.toString()).hasLineCount(5).doesNotContain("Exception");
    }

    @Test
    void fitsAnOrdinaryTerminal() throws IOException {
        anAgentRuns();
        assertThat(status()).isZero();
        assertThat(output.toString().lines().filter(l -> !l.startsWith("policy ")))
                .allMatch(l -> l.length() <= 80);
        assertThat(output.toString())
                .startsWith("in sync since ")
                .contains("no metrics on 0.0.0.0:9090 yet", "groups     a 2");
    }

    @Test
    void showsTheSameAsThePageWithin80Columns() throws IOException {
        anAgentRuns();
        var file = directory.resolve(StatusFile.NAME);
        var status =
                (com.fasterxml.jackson.databind.node.ObjectNode) new ObjectMapper().readTree(Files.readString(file));
        status.putObject("probation").put("seconds_left", 95);
        status.put("contention", "firewalld")
                .put("last_error", "nft does not answer; " + "see whether it hangs ".repeat(9));
        ((com.fasterxml.jackson.databind.node.ObjectNode) status.path("policy"))
                .putArray("problems")
                .addObject()
                .put("severity", "error")
                .put("line", 9)
                .put("key", "services.sip.from")
                .put("problem", "\"itps\" is neither a group nor an address; did you mean itsp or itsp-two?");
        status.putArray("names").addObject().put("name", "sip.carrier.example").put("age_seconds", 41);
        var history = status.putArray("history");
        for (int i = 0; i < 20; i++) {
            history.addObject()
                    .put("at", "2026-01-01T00:00:00Z")
                    .put("kind", "rollback")
                    .put("what", "not confirmed in time; not tried again until the file changes, entry " + i);
        }
        Files.writeString(file, status.toString());

        assertThat(status()).isZero();

        assertThat(output.toString().lines().filter(l -> !l.startsWith("policy ")))
                .allMatch(l -> l.length() <= 80);
        assertThat(output.toString())
                .contains("PROBATION  95 seconds left", "CONTENTION firewalld", "error      nft does not answer")
                .contains("line 9: services.sip.from", "sip.carrier.example answered 41 s ago")
                .contains("rollback: not confirmed in time", "entry 7")
                .doesNotContain("entry 8", "\033[");
    }

    @Test
    void usesColoursIfTheyAreAllowed() {
        var status = StatusJson.read("""
                        {"in_sync": false, "since": "2026-01-01T00:00:00Z", "last_error": "x"}""").orElseThrow();
        assertThat(StatusReport.of(status, Ansi.ON))
                .startsWith("\033[31;1mNOT IN SYNC since ")
                .contains("\033[31;1merror      x\033[0m\n");
    }

    @Test
    void countersContinueAfterTheirObjectWasCreatedAgain() throws IOException {
        anAgentRuns();
        var memory = CounterMemory.in(directory);
        memory.totals(Map.of("service_ssh_accept", new Count(5, 500)));
        memory.save();
        assertThat(status("--json")).isZero();
        var services = new ObjectMapper().readTree(output.toString()).path("services");
        assertThat(services.path(1).path("name").asText()).isEqualTo("ssh");
        assertThat(services.path(1).path("accepted").path("packets").asLong()).isEqualTo(5);
    }

    /** A host about which nothing is known. */
    private static final class SilentHost implements HostView {
        @Override
        public List<Session> sessions(List<PortRange> ports) {
            return List.of();
        }

        @Override
        public List<Flow> flows() {
            return List.of();
        }

        @Override
        public SortedSet<Integer> sshPorts() {
            return new TreeSet<>();
        }
    }
}
