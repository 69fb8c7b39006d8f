package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.safety.Probation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits that may close the tunnel through which the operator is logged in, over a trusted and a filtered tunnel. */
class TunnelTest {
    private static final String BEFORE = """
            services:
              ssh: { ports: [22/tcp], from: [203.0.113.0/24, 10.8.0.0/24], management: true }
              vpn: { ports: [51820/udp], from: [any] }
              sip: { ports: [5060/udp], from: [198.51.100.1, 198.51.100.2] }
              dns: { ports: [53/udp], from: [10.8.0.0/24] }
            """;
    private static final String TRUSTED = "trusted-interfaces: [wg0]\n";

    @TempDir
    private Path directory;

    private InMemoryAgent agent;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws Exception {
        agent = new InMemoryAgent(directory);
        var addresses = new TreeMap<String, java.util.SortedSet<Ip>>();
        addresses.put("eth0", new TreeSet<>(List.of(Ip.parse("192.0.2.10"))));
        addresses.put("wg0", new TreeSet<>(List.of(Ip.parse("10.8.0.1"))));
        agent.host.surroundings = new Surroundings(addresses, List.of(), new TreeSet<>());
        agent.host.tunnels.add("wg0");
        agent.host.flows.add(flow("203.0.113.50", "192.0.2.10", "51820/udp"));
        agent.host.flows.add(flow("10.8.0.2", "10.8.0.1", "53/udp"));
        agent.host.add("10.8.0.2", 40_000, 22, "wg0", Optional.of("logind session 1"));
    }

    private static Flow flow(String from, String to, String port) throws Exception {
        return new Flow(Ip.parse(from), Ip.parse(to), PortRange.parse(port));
    }

    private void policy(String text) throws IOException {
        agent.policy(text + "safety: { confirm-within: 60s }\n");
    }

    private void edit(String before, String after) throws IOException {
        policy(before);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(reconciler.onProbation()).isFalse();
        policy(after);
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().problems()).isEmpty();
    }

    private static String without(String service) {
        return BEFORE.lines().filter(l -> !l.strip().startsWith(service)).reduce("", (a, b) -> a + b + "\n");
    }

    private void wait(int seconds) {
        agent.timePasses(Duration.ofSeconds(seconds));
        reconciler.pass(Trigger.PROBATION);
    }

    @Test
    void anEditThatClosesTheTunnelOfTheOperatorIsOnProbation() throws IOException {
        edit(BEFORE + TRUSTED, without("vpn") + TRUSTED);
        assertThat(reconciler.onProbation()).isTrue();
        assertThat(agent.events)
                .contains(new Event.CostForeseen(
                        List.of("it cuts 203.0.113.50 to 51820/udp, which may carry the tunnel through which you are"
                                + " logged in (wg0)")));
        wait(61);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.EXPIRED));
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void soIsOneForATunnelThatIsFiltered() throws IOException {
        edit(BEFORE, BEFORE.replace("from: [any]", "from: [198.51.100.9]"));
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void soIsOneThatDeniesItsOtherEnd() throws IOException {
        edit(BEFORE + TRUSTED, BEFORE + TRUSTED + "deny: [203.0.113.50]\n");
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void soIsOneThatKeepsThisHostFromDiallingIt() throws Exception {
        agent.host.flows.removeFirst();
        agent.host.leaving.add(flow("192.0.2.10", "203.0.113.50", "51820/udp"));
        edit(BEFORE + TRUSTED, BEFORE + TRUSTED + "outgoing: { refuse: { vpn: { ports: [51820/udp], to: [any] } } }\n");
        assertThat(reconciler.onProbation()).isTrue();
    }

    @Test
    void aNewLoginThroughTheTunnelConfirmsAndAnotherConnectionDoesNot() throws IOException {
        edit(BEFORE + TRUSTED, without("vpn") + TRUSTED);
        agent.host.add("10.8.0.2", 40_001, 22, "wg0", Optional.of("logind session 1"));
        wait(1);
        assertThat(reconciler.onProbation()).isTrue();
        agent.host.add("10.8.0.2", 40_002, 22, "wg0", Optional.of("logind session 2"));
        wait(1);
        assertThat(agent.events).contains(new Event.ProbationEnded(Probation.End.CONFIRMED_BY_CONNECTION));
    }

    @Test
    void anEditThatCutsNothingThatMayCarryItIsInForceAtOnce() throws IOException {
        edit(BEFORE + TRUSTED, BEFORE.replace(", 198.51.100.2", "") + TRUSTED);
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void aFlowInsideTheTunnelDoesNotCarryIt() throws IOException {
        edit(BEFORE, without("dns"));
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void withoutALoginThroughATunnelNothingIsAsked() throws IOException {
        agent.host.sessions.clear();
        agent.host.add("203.0.113.9", 40_000, 22, "eth0", Optional.of("logind session 1"));
        edit(BEFORE + TRUSTED, without("vpn") + TRUSTED);
        assertThat(reconciler.onProbation()).isFalse();
    }

    @Test
    void confirmNeverMeansNever() throws IOException {
        agent.policy(BEFORE + TRUSTED);
        reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        agent.policy(without("vpn") + TRUSTED + "safety: { confirm: never }\n");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.onProbation()).isFalse();
    }
}
