package io.portero.enforce;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.Outcome;
import io.portero.compile.LearningRules;
import io.portero.plan.Snapshot;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Mode;
import io.portero.policy.Outgoing;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Revocation;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.safety.HostView;
import io.portero.safety.Running;
import io.portero.safety.Running.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets connection tracking learn which side started each running flow, before a policy is enforced for the first time.
 *
 * <p>It runs only if all of this is true: this process has enforced nothing yet; the kernel has no table of ours; and
 * there are more connections with other hosts than connection tracking has flows. So it never opens a closed host. At
 * boot there are no connections before the network is up, and the last good table is already loaded. At a restart the
 * table exists. A table that is deleted later does not count either, because learning runs once per process.
 */
public final class Learning {
    public static final Duration TIME = Duration.ofSeconds(10);
    private static final int NAMED = 10;

    private final Firewall firewall;
    private final Kernel kernel;
    private final HostView host;
    private final Duration time;
    private final Consumer<List<String>> say;
    private boolean over;

    /** @param say called with sentences about what it does and costs */
    public Learning(Firewall firewall, Kernel kernel, HostView host, Duration time, Consumer<List<String>> say) {
        this.firewall = firewall;
        this.kernel = kernel;
        this.host = host;
        this.time = time;
        this.say = say;
    }

    /** To be called before a policy is enforced; takes some seconds when there is something to learn. */
    public void before(Policy policy) {
        if (over) {
            return;
        }
        over = true;
        var running = host.running();
        if (running.filter(Running::isUnknown).isEmpty() || isTableThere()) {
            return;
        }
        for (var stage : LearningRules.stages(policy, running.get().listening())) {
            if (kernel.bring(stage) instanceof Outcome.Failed) {
                return; // enforcing it will fail too, and report why
            }
        }
        say.accept(List.of(
                "for " + time.toSeconds() + " seconds nothing is dropped, so that the kernel learns who started the "
                        + running.get().connections().size() + " running connections, because it tracked none"
                        + " before"));
        pause();
        host.forget();
        host.running().ifPresent(now -> tell(remarks(policy, now)));
    }

    private boolean isTableThere() {
        return !(firewall.read() instanceof Reading.Of<Snapshot>(Snapshot snapshot)) || snapshot.present();
    }

    private void pause() {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            // The agent is stopping: it closes the host first, which an interrupted thread could not do.
        }
    }

    private void tell(List<String> remarks) {
        if (!remarks.isEmpty()) {
            say.accept(remarks);
        }
    }

    private List<String> remarks(Policy policy, Running now) {
        var remarks = new ArrayList<String>();
        var explainer = new Explainer(policy);
        if (policy.mode() == Mode.ENFORCE) {
            name(
                    remarks,
                    now.connections().stream().filter(Connection::incoming).filter(c -> !isLetIn(explainer, c)),
                    "cut off, because no service admits them: ");
        }
        host.outgoing(peer -> true).map(Set::copyOf).ifPresent(learnt -> {
            name(
                    remarks,
                    now.connections().stream().filter(c -> !c.incoming() && !learnt.contains(flow(c))),
                    "silent during that time, so they continue only when this host sends first: ");
            name(
                    remarks,
                    learnt.stream()
                            .filter(f ->
                                    isAnsweredAt(f, now) && !Revocation.isLetIn(policy, f, Revocation.Draining.NOBODY)),
                    "continue at closed ports as long as this host answers (to end them: conntrack -D -d ADDRESS): ");
        });
        return remarks;
    }

    private static boolean isLetIn(Explainer explainer, Connection connection) {
        var target = new Target.Port(port(Protocol.TCP, connection.localPort()));
        return explainer.explain(connection.peer(), target, Arrival.SOMEWHERE).verdict() == Verdict.ACCEPT;
    }

    private static PortRange port(Protocol protocol, int number) {
        return new PortRange(protocol, number, number);
    }

    private static Outgoing flow(Connection connection) {
        return new Outgoing(
                connection.peer(), port(connection.tcp() ? Protocol.TCP : Protocol.UDP, connection.localPort()));
    }

    /**
     * Whether a socket of this host takes packets from anybody at the port of the flow, so that the other side may have
     * started it.
     */
    private static boolean isAnsweredAt(Outgoing flow, Running now) {
        var ports = flow.local().protocol() == Protocol.TCP ? now.listening() : now.datagramPorts();
        return flow.local().protocol().hasPorts() && ports.contains(flow.local().first());
    }

    private static void name(List<String> remarks, Stream<?> what, String remark) {
        var all = what.map(Object::toString).sorted().toList();
        if (!all.isEmpty()) {
            var first = all.stream().limit(NAMED).collect(Collectors.joining(", "));
            int more = all.size() - NAMED;
            remarks.add(remark + first + (more > 0 ? " and " + more + " more" : ""));
        }
    }
}
