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
import io.portero.exposure.Listener;
import io.portero.names.DnsResolver;
import io.portero.names.TickingClock;
import io.portero.policy.Family;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import io.portero.status.Observation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SuggestCommandTest {
    private static final String POLICY = """
            services:
              ssh: { ports: [22/tcp], from: [192.0.2.1], management: true }
              sip: { ports: [5060/udp], from: [192.0.2.1] }
            mode:\s""";

    @TempDir
    private Path directory;

    private final TickingClock clock = new TickingClock();
    private final FakeFirewall firewall = new FakeFirewall();
    private final HostView host = new Host();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private Path policy(String mode) throws IOException {
        var policy = directory.resolve("portero.yaml");
        Files.writeString(policy, POLICY + mode + "\n");
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
        return policy;
    }

    /** Applies the policy as the agent does after its start. */
    private void anAgentPutsInForce(String mode) throws IOException {
        new Reconciler(
                        policy(mode),
                        new PolicyReader(),
                        firewall,
                        DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                        host,
                        Keeping.in(directory.resolve("state"), directory, clock, System::nanoTime),
                        clock,
                        List.of(new Observation(directory, clock, Runnable::run)))
                .pass(Trigger.STARTUP);
    }

    private int suggest(String... more) {
        output.getBuffer().setLength(0);
        errors.getBuffer().setLength(0);
        var tools = new Tools(firewall, host, new PolicyReader(), new DnsResolver(), l -> 0, c -> 0, a -> 0);
        var line = new CommandLine(new SuggestCommand(tools, clock))
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(errors));
        var words = new ArrayList<>(List.of(
                "--config",
                directory.resolve("portero.yaml").toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--run-dir",
                directory.toString()));
        words.addAll(List.of(more));
        return line.execute(words.toArray(String[]::new));
    }

    private void sawACarrier() throws Exception {
        firewall.dropped(
                NamedSet.Seen.flows(Family.V4),
                new DroppedSource(
                        Ip.parse("203.0.113.9"),
                        Optional.of(PortRange.parse("5060/udp")),
                        new Count(100, 6000),
                        Duration.ofSeconds(5)));
        firewall.dropped(
                NamedSet.Seen.protocols(Family.V4),
                new DroppedSource(
                        Ip.parse("10.0.0.2"),
                        Optional.of(PortRange.parse("vrrp")),
                        new Count(900, 36000),
                        Duration.ofSeconds(1)));
    }

    @Test
    void suggestsRefusedOutgoingTrafficInEveryMode() throws Exception {
        Files.writeString(policy("enforce"), "outgoing: { default: drop }\n", StandardOpenOption.APPEND);
        firewall.dropped(
                NamedSet.Seen.destinations(Family.V4),
                new DroppedSource(
                        Ip.parse("192.0.2.123"),
                        Optional.of(PortRange.parse("123/udp")),
                        new Count(100, 6000),
                        Duration.ofSeconds(5)));
        assertThat(suggest()).isZero();
        assertThat(output.toString())
                .contains("outgoing:\n  services:\n")
                .contains("to-ntp: { ports: [123/udp], to: [ntp] }");
        assertThat(suggest("--json")).isZero();
        var json = new ObjectMapper().readTree(output.toString());
        assertThat(json.at("/outgoing/services/to-ntp/to/0").asText()).isEqualTo("ntp");
        assertThat(json.at("/groups/ntp/0").asText()).isEqualTo("192.0.2.123");
    }

    @Test
    void showsTheTimeOfObservationAndWarnsWhenItIsLessThanADay() throws Exception {
        anAgentPutsInForce("observe");
        sawACarrier();
        clock.tick(Duration.ofMinutes(130));
        anAgentPutsInForce("observe"); // a restart
        assertThat(suggest()).isZero();
        assertThat(output.toString())
                .contains("# Observed for 2h 10m, since ")
                .contains("# WARNING: that is less than a day")
                .contains("  sip-more: { ports: [5060/udp], from: [sip-sources] }");
        clock.tick(Duration.ofHours(22));
        suggest();
        assertThat(output.toString()).contains("# Observed for 1d").doesNotContain("WARNING");
    }

    @Test
    void aTimeOfEnforcingEndsTheObservation() throws Exception {
        anAgentPutsInForce("observe");
        anAgentPutsInForce("enforce");
        clock.tick(Duration.ofDays(3));
        anAgentPutsInForce("observe");
        clock.tick(Duration.ofMinutes(5));
        assertThat(suggest()).isZero();
        assertThat(output.toString()).contains("# Observed for 5m, since ").contains("Nothing to add");
    }

    @Test
    void printsJson() throws Exception {
        anAgentPutsInForce("observe");
        sawACarrier();
        clock.tick(Duration.ofMinutes(5));
        assertThat(suggest("--json")).isZero();
        var json = new ObjectMapper().readTree(output.toString());
        assertThat(json.path("observed_seconds").asLong()).isEqualTo(300);
        assertThat(json.path("observed_enough").asBoolean(true)).isFalse();
        assertThat(json.path("groups").path("sip-sources").path(0).asText()).isEqualTo("203.0.113.9");
        assertThat(json.path("services").path("sip-more").path("from").path(0).asText())
                .isEqualTo("sip-sources");
        assertThat(json.path("refused").path(0).path("judgement").asText()).isEqualTo("nothing_listens");
        assertThat(json.path("refused").path(0).path("port").asText()).isEqualTo("vrrp");
    }

    @Test
    void withoutObservationItSaysHowToStart() throws Exception {
        policy("enforce");
        assertThat(suggest()).isEqualTo(1);
        assertThat(errors.toString())
                .startsWith("portero: mode is enforce, so nothing is observed: set mode: observe in ");
    }

    private static final class Host implements HostView {
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

        @Override
        public List<Listener.Socket> listeners() {
            return List.of();
        }
    }
}
