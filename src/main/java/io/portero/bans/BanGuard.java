package io.portero.bans;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Arrival;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Members;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Reference;
import io.portero.policy.Service;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.safety.HostView;
import io.portero.safety.RememberedPeers;
import io.portero.safety.Session;
import io.portero.safety.WayIn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * Says why an address should not be banned.
 *
 * <p>It spares sources that manage this host or did so in the last 30 days, as long as the policy admits them, and
 * sources that a service admits by name: a ban by a log scanner or with a mistyped address must not cut off the
 * operator or the carrier. It also spares the resolvers of this host: sources of UDP can be forged, so that a log scanner
 * bans whom an attacker wants.
 */
public final class BanGuard {
    private final HostView host;
    private final RememberedPeers peers;

    public BanGuard(HostView host, RememberedPeers peers) {
        this.host = host;
        this.peers = peers;
    }

    /** The objections for the current state: reads the host once, at the first call. */
    Hearing under(Policy policy) {
        return new Hearing(policy);
    }

    /** Answers for any number of addresses with the same policy and the same reading of the host. */
    final class Hearing {
        private final Policy policy;
        private final List<Admitted> admitted;
        private Optional<Map<Ip, Session>> managers = Optional.empty();
        private Optional<SortedSet<Ip>> resolvers = Optional.empty();

        private Hearing(Policy policy) {
            this.policy = policy;
            this.admitted = policy.enabledServices().stream()
                    .filter(s -> !s.from().any())
                    .map(s -> new Admitted(s, s.from().addresses(policy.groups())))
                    .toList();
        }

        private record Admitted(Service service, AddressSet addresses) {}

        /** One clause; nothing when there is no objection. */
        Optional<String> objection(AddressRange what) {
            return manager(what)
                    .map(BanGuard::manages)
                    .map(clause -> isHost(what) ? clause : clause + ", and " + what + " holds it")
                    .or(() -> admitted.stream()
                            .filter(a -> meet(a.addresses(), what))
                            .findFirst()
                            .map(a -> what + (isHost(what) ? " is" : " holds addresses that are")
                                    + " admitted by name in " + where(a.service(), what, policy)))
                    .or(() -> resolvers().stream()
                            .filter(what::contains)
                            .findFirst()
                            .map(ip -> ip + " is a resolver of this host"
                                    + (isHost(what) ? "" : ", and " + what + " holds it")));
        }

        private SortedSet<Ip> resolvers() {
            if (resolvers.isEmpty()) {
                resolvers = Optional.of(host.surroundings().resolvers());
            }
            return resolvers.get();
        }

        private Optional<Session> manager(AddressRange what) {
            return isHost(what)
                    ? Optional.ofNullable(managers().get(what.first()))
                    : managers().values().stream()
                            .filter(s -> what.contains(s.peer()))
                            .findFirst();
        }

        private Map<Ip, Session> managers() {
            if (managers.isEmpty()) {
                var explainer = new Explainer(policy);
                var byPeer = new HashMap<Ip, Session>();
                var live = WayIn.remote(host.liveSessions(WayIn.managementPorts(List.of(policy)))).stream()
                        .filter(s -> s.live() && s.login().isPresent())
                        .toList();
                Stream.of(live, peers.remembered())
                        .flatMap(List::stream)
                        .filter(s -> s.live() || isManagement(explainer, s))
                        .forEach(s -> byPeer.putIfAbsent(s.peer(), s));
                managers = Optional.of(byPeer);
            }
            return managers.get();
        }
    }

    private static String manages(Session session) {
        return session.live()
                ? session.peer() + " is logged in at " + session.port() + "/tcp to manage this host"
                : session.peer() + " managed this host at " + session.port() + "/tcp in the last 30 days";
    }

    private static boolean isManagement(Explainer explainer, Session session) {
        var port = new PortRange(Protocol.TCP, session.port(), session.port());
        return explainer
                        .explain(session.peer(), new Target.Port(port), Arrival.somewhere(session.via(), session.at()))
                        .verdict()
                == Verdict.ACCEPT;
    }

    private static boolean isHost(AddressRange what) {
        return what.first().equals(what.last());
    }

    private static boolean meet(AddressSet addresses, AddressRange what) {
        var all = AddressSet.of(what);
        return isHost(what)
                ? addresses.contains(what.first())
                : !all.minus(addresses).equals(all);
    }

    private static String where(Service service, AddressRange what, Policy policy) {
        return service.from().groups().stream()
                .filter(g -> meet(policy.group(g).addresses(), what))
                .findFirst()
                .map(g -> service.fromKey() + " (group " + g
                        + reference(policy.group(g).members(), what)
                                .map(r -> ", " + r)
                                .orElse("") + ")")
                .orElseGet(() -> service.fromKey()
                        + reference(service.from().others(), what)
                                .map(r -> " (" + r + ")")
                                .orElse(""));
    }

    /** The host name or the list that contains the address, if no literal address does. */
    private static Optional<Reference> reference(Members members, AddressRange what) {
        return meet(members.written(), what)
                ? Optional.empty()
                : members.referred().entrySet().stream()
                        .filter(e -> meet(e.getValue(), what))
                        .map(Map.Entry::getKey)
                        .findFirst();
    }
}
