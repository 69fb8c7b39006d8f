package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.policy.Flow;
import io.portero.policy.Hosts;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.policy.Uplink;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UplinkWatchTest {
    private static final Surroundings BRIDGED =
            Hosts.with("br-ext", "203.0.113.80").route("br-ext", "203.0.113.1").host();
    private static final Surroundings PLAIN =
            Hosts.with("eth0", "203.0.113.80").route("eth0", "203.0.113.1").host();

    private final AtomicLong nanoTime = new AtomicLong();
    private final Host host = new Host();
    private final UplinkWatch watch = new UplinkWatch(host, nanoTime::get);

    private static Policy policy(String more) {
        var text = "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n"
                + "trusted-interfaces: [\"br-*\"]\n" + more;
        return ((Loaded.Accepted) new PolicyReader().parse("p.yaml", text)).policy();
    }

    @Test
    void reportsOnceThatATrustedInterfaceBecomesTheUplinkAndOnceThatItNoLongerIs() {
        var policy = policy("");
        host.now = PLAIN;
        assertThat(watch.look(policy)).hasValueSatisfying(e -> {
            assertThat(e.trusted()).isEmpty();
            assertThat(e.uplinks()).extracting(Uplink::name).containsExactly("eth0");
        });
        assertThat(watch.look(policy)).isEmpty();
        host.now = BRIDGED;
        assertThat(watch.look(policy))
                .hasValueSatisfying(e -> assertThat(e.trusted())
                        .singleElement()
                        .extracting(Uplink::danger)
                        .asString()
                        .startsWith("the uplink br-ext is trusted, because trusted-interfaces has br-* and"
                                + " br-ext holds a default"));
        assertThat(watch.look(policy)).isEmpty();
        host.now = PLAIN;
        assertThat(watch.look(policy))
                .hasValueSatisfying(e -> assertThat(e.trusted()).isEmpty());
    }

    @Test
    void doesNotReportTrustThatThePolicyAllows() {
        host.now = BRIDGED;
        assertThat(watch.look(policy("safety: { trust-uplink: true }")))
                .hasValueSatisfying(e -> assertThat(e.trusted()).isEmpty());
        assertThat(watch.look(policy("")))
                .hasValueSatisfying(e -> assertThat(e.trusted()).hasSize(1));
    }

    @Test
    void noticesEachChangeOfTheNetworkOnceAndReadsItSeldom() {
        host.now = PLAIN;
        assertThat(watch.hasNews()).isFalse(); // there is no earlier state for a comparison
        host.now = BRIDGED;
        assertThat(watch.hasNews()).isFalse();
        nanoTime.addAndGet(5_000_000_000L);
        assertThat(watch.hasNews()).isTrue();
        nanoTime.addAndGet(5_000_000_000L);
        assertThat(watch.hasNews()).isFalse();
    }

    @Test
    void aFileRefusedForATrustedUplinkIsAppliedWhenTheUplinkChanges(@TempDir Path directory) throws IOException {
        var agent = new InMemoryAgent(directory);
        agent.host.surroundings = PLAIN;
        agent.policy("services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n");
        var reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        agent.host.surroundings = BRIDGED;
        agent.policy(
                "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\ntrusted-interfaces: [\"br-*\"]\n");
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
        int told = agent.events.size();
        reconciler.pass(Trigger.NETWORK);
        assertThat(agent.events.subList(told, agent.events.size())).noneMatch(Event.PolicyRefused.class::isInstance);
        agent.host.surroundings = PLAIN;
        reconciler.pass(Trigger.NETWORK);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
        assertThat(reconciler.status().policy().orElseThrow().policy().trustedInterfaces())
                .hasSize(2);
    }

    /** A host of which only the network is known. */
    private static final class Host implements HostView {
        private Surroundings now = Surroundings.UNKNOWN;

        @Override
        public Surroundings surroundings() {
            return now;
        }

        @Override
        public Object networkMark() {
            return now;
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
    }
}
