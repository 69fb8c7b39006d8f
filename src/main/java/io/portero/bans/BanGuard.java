package io.portero.bans;

import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.safety.HostView;
import io.portero.safety.WayIn;
import io.portero.safety.RememberedPeers;
import io.portero.safety.Session;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says why an address should not be banned.
 *
 * <p>Those are spared who manage this host or did so in the last 30 days, as long as the policy lets them, and those whom
 * a service admits by name: a ban that a log's reader or a mistyped address brings about must not cut off the operator
 * or the carrier.
 */
public final class BanGuard {
    private final HostView host;
    private final RememberedPeers peers;

    public BanGuard(HostView host, RememberedPeers peers) {
        this.host = host;
        this.peers = peers;
    }

    /** One clause; nothing when there is no objection. */
    Optional<String> objection(Ip address, Policy policy) {
        return manager(address, policy).or(() -> admitted(address, policy));
    }

    private Optional<String> manager(Ip address, Policy policy) {
        var explainer = new Explainer(policy);
        var live = WayIn.remote(host.sessions(WayIn.managementPorts(List.of(policy)))).stream()
                .filter(s -> s.live() && s.login().isPresent())
                .toList();
        return Stream.of(live, peers.remembered())
                .flatMap(List::stream)
                .filter(s -> s.peer().equals(address))
                .filter(s -> s.live() || isManagement(explainer, s))
                .findFirst()
                .map(s -> s.live()
                        ? address + " is logged in at " + s.port() + "/tcp to manage this host"
                        : address + " managed this host at " + s.port() + "/tcp in the last 30 days");
    }

    private static boolean isManagement(Explainer explainer, Session session) {
        var port = new PortRange(Protocol.TCP, session.port(), session.port());
        return explainer.explain(session.peer(), new Target.Port(port)).verdict() == Verdict.ACCEPT;
    }

    private static Optional<String> admitted(Ip address, Policy policy) {
        return policy.enabledServices().stream()
                .filter(s -> !s.from().any())
                .filter(s -> s.from().addresses(policy.groups()).contains(address))
                .findFirst()
                .map(s -> address + " is admitted by name in " + where(s, address, policy));
    }

    private static String where(Service service, Ip address, Policy policy) {
        return service.from().groups().stream()
                .filter(g -> policy.group(g).addresses().contains(address))
                .findFirst()
                .map(g -> service.fromKey() + " (group " + g + ")")
                .orElse(service.fromKey());
    }
}
