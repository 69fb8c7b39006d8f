package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.plan.Step;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code portero plan} says about the user's own way in. */
class PlanCommandTest {
    private static final String BEFORE = """
            services:
              ssh: { ports: [22/tcp], from: [198.51.100.7, 198.51.100.8], management: true }
            """;

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void aPolicyIsInForce() {
        assertThat(firewall.commit(List.of(new Step.AddTable()))).isEmpty();
        assertThat(new LastGood(new StateDirectory(directory)).keep(BEFORE, Map.of(), ""))
                .isEmpty();
    }

    @Test
    void saysWhatTheFirstPolicyOfAHostAdmits() throws IOException {
        var first = new FakeFirewall();
        assertThat(plan(first, BEFORE)).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()).contains("""
                who reaches what:
                  no policy is in force to compare with; this one admits:
                    22/tcp (ssh): 198.51.100.7-198.51.100.8
                  everything else that comes in is dropped
                """);
    }

    @Test
    void saysThatTheGuardWouldRefuseThePolicy() throws IOException {
        assertThat(plan(BEFORE.replace("198.51.100.7, ", ""))).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .contains(
                        "whether you keep your way in:\n  it would be REFUSED: safety.lockout-guard: it would cut off every"
                                + " live management session (198.51.100.7 to 22/tcp); add 198.51.100.7 to services.ssh.from")
                .doesNotContain("probation");
        plan(BEFORE.replace("198.51.100.7, ", ""), "--json");
        var answer = new ObjectMapper().readTree(output.toString());
        assertThat(answer.path("refused").asText()).contains("198.51.100.7 to 22/tcp");
        assertThat(answer.path("probation").asBoolean(true)).isFalse();
    }

    @Test
    void saysThatThePolicyWouldBeOnProbation() throws IOException {
        assertThat(plan(BEFORE.replace(", 198.51.100.8", ""))).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .contains(
                        "whether you keep your way in:\n  it would be on probation: log in again, or run portero confirm,"
                                + " within 2m, or the previous policy is put back\n")
                .doesNotContain("REFUSED");
        plan(BEFORE.replace(", 198.51.100.8", ""), "--json");
        assertThat(new ObjectMapper()
                        .readTree(output.toString())
                        .path("probation")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void doesNotMentionTheGuardWhenNobodyLosesAWayIn() throws IOException {
        assertThat(plan(BEFORE + "  https: { ports: [443/tcp], from: [any] }\n"))
                .isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .contains("+ 443/tcp (https): all addresses gain access")
                .doesNotContain("way in", "probation", "REFUSED");
    }

    private int plan(String text, String... options) throws IOException {
        return plan(firewall, text, options);
    }

    private int plan(FakeFirewall firewall, String text, String... options) throws IOException {
        output.getBuffer().setLength(0);
        var policy = Files.writeString(directory.resolve("portero.yaml"), text);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
        var tools = new Tools(
                firewall,
                new OneIsIn(),
                new PolicyReader(),
                n -> {
                    throw new AssertionError();
                },
                l -> 1,
                c -> 1,
                a -> 1);
        var words =
                new ArrayList<>(List.of("plan", "--config", policy.toString(), "--state-dir", directory.toString()));
        words.addAll(List.of(options));
        return PorteroCommand.commandLine(tools)
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(words.toArray(String[]::new));
    }

    /** A host where a user is logged in from 198.51.100.7. */
    private static final class OneIsIn implements HostView {
        @Override
        public List<Session> sessions(List<PortRange> ports) {
            try {
                return List.of(new Session(
                        Ip.parse("198.51.100.7"), 50000, 22, true, Optional.empty(), List.of("logind 1 of root")));
            } catch (Ip.NotAnAddress e) {
                throw new AssertionError(e);
            }
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
