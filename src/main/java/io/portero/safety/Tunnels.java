package io.portero.safety;

import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds the tunnels through which the operator is logged in and that a policy may close.
 *
 * <p>A login through WireGuard or OpenVPN needs two things: the port of sshd, which a management service admits, and
 * the packets of the tunnel itself, which arrive at another interface and belong to a service that is not marked as
 * management. Without the second, the first is of no use. Which flow carries which tunnel is unknown; so each flow of
 * UDP and of a protocol without ports that would be cut counts, unless it goes through the tunnel itself.
 */
final class Tunnels {
    private final HostView host;

    Tunnels(HostView host) {
        this.host = host;
    }

    /**
     * Tunnels with a login, and flows that a policy cuts; at least one may carry one of the tunnels.
     *
     * @param cut as clauses
     */
    record Danger(SortedSet<String> tunnels, List<String> cut) {}

    /**
     * @param live the live sessions at management ports
     * @param now the policy under which the tunnels work
     */
    Optional<Danger> danger(Policy now, Policy next, Collection<Session> live) {
        var tunnels = new TreeSet<String>();
        live.stream()
                .filter(s -> s.login().isPresent() || WayIn.isNamed(now, s))
                .flatMap(s -> s.via().stream())
                .filter(host::isTunnel)
                .forEach(tunnels::add);
        if (tunnels.isEmpty() || next.mode() == Mode.OBSERVE) {
            return Optional.empty();
        }
        var cut = cut(now, next, inside(tunnels));
        return cut.isEmpty() ? Optional.empty() : Optional.of(new Danger(tunnels, cut));
    }

    /** The addresses of this host within the tunnels. */
    private Set<Ip> inside(Collection<String> tunnels) {
        var inside = new HashSet<Ip>();
        host.surroundings().addresses().forEach((name, addresses) -> {
            if (tunnels.contains(name)) {
                inside.addAll(addresses);
            }
        });
        return inside;
    }

    private List<String> cut(Policy now, Policy next, Set<Ip> inside) {
        var before = new Explainer(now);
        var after = new Explainer(next);
        boolean observed = now.mode() == Mode.OBSERVE;
        var incoming = host.flows().stream()
                .filter(f -> mayCarry(f) && !inside.contains(f.to()))
                .filter(f -> observed || verdict(before, f) == Verdict.ACCEPT)
                .filter(f -> verdict(after, f) == Verdict.DROP)
                .map(f -> f.from() + " to " + f.port());
        var sent = new OutgoingExplainer(now);
        var sends = new OutgoingExplainer(next);
        var leaving = next.outgoing().isOpen()
                ? Stream.<String>of()
                : host.leaving().stream()
                        .filter(Tunnels::mayCarry)
                        .filter(f -> observed || verdict(sent, f) == Verdict.ACCEPT)
                        .filter(f -> verdict(sends, f) == Verdict.DROP)
                        .map(f -> "this host to " + f.port() + " of " + f.to());
        return new ArrayList<>(Stream.concat(incoming, leaving).distinct().toList());
    }

    /** A fragment's entry has no port. TCP is left out: its flows come and go, and few tunnels use it. */
    private static boolean mayCarry(Flow flow) {
        var port = flow.port();
        return port.protocol() != Protocol.TCP && (!port.protocol().hasPorts() || port.first() == port.last());
    }

    private static Verdict verdict(Explainer explainer, Flow flow) {
        return explainer
                .explain(
                        flow.from(),
                        new Target.Port(flow.port()),
                        Arrival.somewhere(Optional.empty(), Optional.of(flow.to())))
                .verdict();
    }

    private static Verdict verdict(OutgoingExplainer explainer, Flow flow) {
        return explainer
                .explain(flow.to(), new Target.Port(flow.port()), Optional.empty())
                .verdict();
    }
}
