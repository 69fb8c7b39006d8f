package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.bans.Ban;
import io.portero.bans.Owner;
import io.portero.compile.NamedSet;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.exposure.Listener;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Destination;
import io.portero.policy.Family;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import io.portero.state.InstanceLock;
import io.portero.status.Facts;
import io.portero.status.StatusComposer;
import io.portero.status.StatusFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        var policy = Files.writeString(directory.resolve("portero.yaml"), """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                """);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void asksForAPortWhereAServiceIsNamed() {
        assertThat(explain("--from", "203.0.113.9", "--to", "ssh")).isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString())
                .startsWith(
                        "portero: --to \"ssh\" is not a port: it is a service; write one of its ports: 22/tcp; see");
    }

    @Test
    void saysThatTheSourceIsBannedForHowLongAndByWhom() throws Exception {
        theKernelHolds(new Ban(
                AddressRange.parse("203.0.113.9"),
                new Owner("fail2ban"),
                Optional.of(Instant.EPOCH.plusSeconds(3600)),
                false,
                ""));
        assertThat(explain("--from", "203.0.113.9", "--to", "22/tcp")).isZero();
        assertThat(output.toString())
                .isEqualTo("drop: to 22/tcp, by banned: 203.0.113.9 is banned, for another 1h, by fail2ban\n");
        explain("--from", "203.0.113.10", "--to", "22/tcp");
        assertThat(output.toString())
                .startsWith("accept: to 22/tcp, by services.ssh.from")
                .hasLineCount(1);
    }

    @Test
    void saysThatTheSourceIsBannedWithItsNetwork() throws Exception {
        theKernelHolds(new Ban(
                AddressRange.parse("203.0.113.0/24"),
                new Owner("crowdsec"),
                Optional.of(Instant.EPOCH.plusSeconds(3600)),
                false,
                ""));
        explain("--from", "203.0.113.9", "--to", "22/tcp");
        assertThat(output.toString()).contains("203.0.113.9 is banned, for another 1h, by crowdsec");
    }

    @Test
    void saysThatTheKernelHasBannedTheSourceForExceedingALimit() throws Exception {
        Files.writeString(directory.resolve("portero.yaml"), """
                services:
                  ssh:    { ports: [22/tcp],   from: [any], management: true }
                  https:  { ports: [443/tcp],  from: [any] }
                  vpn:    { ports: [51820/udp], from: [203.0.113.10] }
                  phones: { ports: [5060/udp], from: [any], limit: { rate: 20/second, ban: 10m } }
                """);
        theKernelHoldsForPhones("203.0.113.9", "203.0.113.10", "2001:db8:1:2::");
        for (var source : List.of("203.0.113.9", "2001:db8:1:2::77")) {
            for (var to : List.of("443/tcp", "5060/udp", "23/tcp", "ping")) {
                explain("--from", source, "--to", to);
                assertThat(output.toString())
                        .isEqualTo("drop: to " + to + ", by services.phones.limit.ban: " + source
                                + " is banned, for another 5m, because it exceeded the limit of phones\n");
            }
            explain("--from", source, "--to", "22/tcp");
            assertThat(output.toString()).as("management stays open").startsWith("accept: to 22/tcp");
        }
        explain("--from", "203.0.113.10", "--to", "443/tcp");
        assertThat(output.toString()).as("whom a service names is never banned").startsWith("accept: to 443/tcp");
        explain("--from", "203.0.113.11", "--to", "443/tcp");
        assertThat(output.toString()).startsWith("accept: to 443/tcp");
        explain("--from", "203.0.113.9", "--to", "443/tcp", "--json");
        assertThat(new ObjectMapper().readTree(output.toString()).path("banned").asBoolean())
                .isTrue();
    }

    @Test
    void saysThatBansWereNotCheckedWhenThatMatters() throws Exception {
        explain("--from", "203.0.113.9", "--to", "22/tcp");
        assertThat(output.toString())
                .startsWith("accept: to 22/tcp, by services.ssh.from")
                .contains("\nnote: the bans were not checked: ");
        explain("--from", "203.0.113.9", "--to", "23/tcp");
        assertThat(output.toString()).startsWith("drop: ").hasLineCount(1);
        explain("--from", "203.0.113.9", "--to", "22/tcp", "--json");
        var answer = new ObjectMapper().readTree(output.toString());
        assertThat(answer.path("banned").isNull()).isTrue();
        assertThat(answer.path("note").asText()).contains("the bans were not checked");
    }

    /** The case of a user who may not read the kernel's tables. */
    @Test
    void usesTheBansInTheAgentsStatusWhenTheKernelCannotBeRead() throws Exception {
        var kernel = new FakeFirewall();
        var ban = new Ban(
                AddressRange.parse("203.0.113.9"),
                new Owner("fail2ban"),
                Optional.of(Instant.now().plusSeconds(7200)),
                false,
                "");
        var composer = new StatusComposer("1.2.3", "jvm", Facts.NONE, List::of, Clock.systemUTC());
        var agent = new Reconciler(
                directory.resolve("portero.yaml"),
                new PolicyReader(),
                kernel,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new Router(),
                Keeping.in(directory, directory, Clock.systemUTC(), System::nanoTime),
                Clock.systemUTC(),
                List.of(new StatusFile(directory, composer, Runnable::run)));
        var taking = InstanceLock.take(directory);
        try (var lock = ((InstanceLock.Taking.Taken) taking).lock()) {
            agent.pass(Trigger.STARTUP);
            kernel.commit(List.of(new TimedChange.Put(ban.set(), List.of(ban.member(Instant.now())))));
            agent.pass(Trigger.DRIFT);
            assertThat(lock).isNotNull();

            explain("--from", "203.0.113.9", "--to", "22/tcp");
            assertThat(output.toString())
                    .startsWith("drop: to 22/tcp, by banned: 203.0.113.9 is banned, for another 1h 59m")
                    .contains("by fail2ban");
            explain("--from", "203.0.113.10", "--to", "22/tcp");
            assertThat(output.toString()).startsWith("accept: ").doesNotContain("note: ");
        }
    }

    @Test
    void asksTheHostForTheKindOfDestination() throws Exception {
        explain("--from", "203.0.113.9", "--to", "23/tcp", "--at", "10.9.9.9");
        assertThat(output.toString()).startsWith("accept: to 23/tcp at 10.9.9.9, by forwarded: 10.9.9.9 is not an");
        explain("--from", "203.0.113.9", "--to", "23/tcp", "--at", "10.9.9.9", "--json");
        var answer = new ObjectMapper().readTree(output.toString());
        assertThat(answer.path("destination").asText()).isEqualTo("forwarded");
        assertThat(answer.path("at").asText()).isEqualTo("10.9.9.9");
    }

    @Test
    void refusesAnInvalidDestinationAndOneOfAnotherFamily() {
        assertThat(explain("--from", "203.0.113.9", "--to", "23/tcp", "--at", "eth0"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString()).contains("--at \"eth0\" is not one address");
        assertThat(explain("--from", "203.0.113.9", "--to", "23/tcp", "--at", "2001:db8::1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString()).contains("not of one family");
    }

    @Test
    void explainsAnOutgoingPacket() throws Exception {
        var policy = Files.writeString(directory.resolve("portero.yaml"), """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                outgoing:
                  services: { smtp: { ports: [25/tcp], to: [192.0.2.25] } }
                  refuse: { spam: { ports: [25/tcp], to: [any] } }
                """);
        assertThat(explain("--outgoing", "--to", "192.0.2.25", "25/tcp")).isZero();
        assertThat(output.toString())
                .isEqualTo(
                        "accept: from this host to 192.0.2.25 25/tcp, by outgoing.services.smtp.to: 192.0.2.25 may be"
                                + " reached at 25/tcp by smtp as a member of 192.0.2.25\n");
        assertThat(explain(policy.toString(), "--outgoing", "--to", "192.0.2.26", "25/tcp", "--json"))
                .isZero();
        var answer = new ObjectMapper().readTree(output.toString());
        assertThat(answer.path("verdict").asText()).isEqualTo("drop");
        assertThat(answer.path("key").asText()).isEqualTo("outgoing.refuse.spam.to");
        explain("--outgoing", "--to", "192.0.2.26", "443/tcp");
        assertThat(output.toString()).startsWith("accept: from this host to 192.0.2.26 443/tcp, by outgoing.default");
    }

    @Test
    void refusesAMixtureOfIncomingAndOutgoingOptions() {
        assertThat(explain("--outgoing", "--to", "192.0.2.25")).isEqualTo(ExitCode.USAGE);
        assertThat(errors.toString()).contains("the port is missing");
        assertThat(explain("--outgoing", "--from", "192.0.2.1", "--to", "192.0.2.25", "25/tcp"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(explain("--from", "192.0.2.1", "--to", "22/tcp", "portero.yaml", "25/tcp"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(explain("--to", "22/tcp")).isEqualTo(ExitCode.USAGE);
    }

    private void theKernelHolds(Ban ban) {
        var steps = new ArrayList<Statement>();
        steps.add(new Step.AddTable());
        for (var family : Family.values()) {
            steps.add(new Step.AddSet(new NamedSet.Timed(Ban.hosts(family), family)));
            steps.add(new Step.AddSet(new NamedSet.Timed(Ban.networks(family), family, true)));
        }
        steps.add(new TimedChange.Put(ban.set(), List.of(ban.member(Instant.EPOCH))));
        assertThat(firewall.commit(steps)).isEmpty();
        assertThat(ban.left(Instant.EPOCH)).contains(Duration.ofHours(1));
    }

    private void theKernelHoldsForPhones(String... banned) throws Ip.NotAnAddress {
        var steps = new ArrayList<Statement>();
        steps.add(new Step.AddTable());
        for (var family : Family.values()) {
            steps.add(new Step.AddSet(new NamedSet.Timed(Ban.hosts(family), family)));
            steps.add(new Step.AddSet(new NamedSet.Timed(Ban.networks(family), family, true)));
            steps.add(new Step.AddSet(new NamedSet.Exceeded("phones", family)));
        }
        for (var address : banned) {
            var ip = Ip.parse(address);
            steps.add(new TimedChange.Put(
                    new NamedSet.Exceeded("phones", ip.family()).name(),
                    List.of(new TimedMember(ip, Optional.of(Duration.ofMinutes(5)), ""))));
        }
        assertThat(firewall.commit(steps)).isEmpty();
    }

    private int explain(String... options) {
        output.getBuffer().setLength(0);
        errors.getBuffer().setLength(0);
        var tools = new Tools(
                firewall,
                new Router(),
                new PolicyReader(),
                n -> {
                    throw new AssertionError();
                },
                l -> 1,
                c -> 1,
                a -> 1);
        var words = new ArrayList<>(List.of(
                "explain",
                "--config",
                directory.resolve("portero.yaml").toString(),
                "--run-dir",
                directory.toString(),
                "--state-dir",
                directory.toString()));
        words.addAll(List.of(options));
        return PorteroCommand.commandLine(tools)
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(words.toArray(String[]::new));
    }

    /** A host without addresses. */
    private static final class Router implements HostView {
        @Override
        public Destination destination(Ip to) {
            return new Destination.Onward(to, "eth1");
        }

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
