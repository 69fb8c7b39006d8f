package io.portero.safety;

import io.portero.policy.Ip;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who has logged in at which ports, as far as the host shows it: now, or in the last 30 days.
 *
 * @param peers the peers by port; a port without logins is not in it
 */
public record PastLogins(Map<Integer, Set<Ip>> peers) {
    /** Nobody has, or the host cannot show it. */
    public static final PastLogins NONE = new PastLogins(Map.of());

    public PastLogins {
        peers = Map.copyOf(peers);
    }

    /**
     * @param remembered peers that have logged in
     * @param now sessions with or without a login
     */
    static PastLogins of(Collection<Session> remembered, Collection<Session> now) {
        var peers = new HashMap<Integer, Set<Ip>>();
        Stream.concat(remembered.stream(), now.stream().filter(s -> s.login().isPresent()))
                .forEach(s ->
                        peers.computeIfAbsent(s.port(), port -> new HashSet<>()).add(s.peer()));
        return new PastLogins(peers);
    }

    /**
     * Whether a peer that a management service names is the operator, although the host shows no login of it now: a
     * short login is over before it is seen. A monitoring system that only opens the port never logs in.
     */
    boolean trustTheNameOf(Session session) {
        var peersThere = peers.get(session.port());
        return peersThere == null || peersThere.contains(session.peer());
    }
}
