package io.portero.safety;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import java.util.Collection;
import java.util.List;

/**
 * Decides which sessions at a management port belong to the operator.
 *
 * <p>A session is a way in if it came in by a filtered interface and its peer is known: by a recorded login, or because
 * a management service admits it by name. A handshake alone proves nothing: scanners and git fetches make one too. At a
 * port where others log in, the name of a peer that never does proves nothing either: it is a monitoring system.
 */
public final class WayIn {
    private static final AddressSet LOOPBACK = AddressSet.of(
            AddressRange.network(new Ip(Family.V4, 0, 0x7f00_0000L), 8), AddressRange.of(new Ip(Family.V6, 0, 1)));

    private WayIn() {}

    /** The TCP ports of the enabled management services of these policies. */
    public static List<PortRange> managementPorts(Collection<Policy> policies) {
        return PortRange.canonical(policies.stream()
                .flatMap(p -> p.enabledServices().stream())
                .filter(Service::management)
                .flatMap(s -> s.ports().stream())
                .filter(p -> p.protocol() == Protocol.TCP)
                .toList());
    }

    /** Sessions with other hosts; a session with this host itself is no way in. */
    public static List<Session> remote(Collection<Session> sessions) {
        return sessions.stream().filter(s -> !LOOPBACK.contains(s.peer())).toList();
    }

    /** Whether the policy judges the session and its peer is known to be the operator. */
    public static boolean isProven(Policy policy, Session session, PastLogins logins) {
        return isJudged(policy, session) && (session.login().isPresent() || isKnownByName(policy, session, logins));
    }

    /** The sessions that are a way in under one of these policies. */
    public static List<Session> proven(Collection<Policy> policies, Collection<Session> sessions, PastLogins logins) {
        return sessions.stream()
                .filter(s -> policies.stream().anyMatch(p -> isProven(p, s, logins)))
                .toList();
    }

    /** Whether a management service admits the peer by name, and that is enough. */
    static boolean isKnownByName(Policy policy, Session session, PastLogins logins) {
        return logins.trustTheNameOf(session) && isNamed(policy, session);
    }

    /** Whether it came in by an interface that the policy filters. */
    static boolean isJudged(Policy policy, Session session) {
        return session.via().filter(via -> policy.trust(via).isPresent()).isEmpty();
    }

    /** Whether a management service admits the peer by name at this place, not only by {@code any}. */
    static boolean isNamed(Policy policy, Session session) {
        var port = new PortRange(Protocol.TCP, session.port(), session.port());
        return policy.enabledServices().stream()
                .filter(s -> s.management() && s.offers(port) && !s.from().any())
                .filter(s -> s.entrance().takes(session.arrival()))
                .anyMatch(s -> s.from().addresses(policy.groups()).contains(session.peer()));
    }
}
