package io.portero.host;

import io.portero.host.ConntrackTable.Entry;
import io.portero.host.SocketTable.Socket;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.safety.Session;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The TCP sessions that others hold with this host, published ports included.
 *
 * <p>Those that this host or its containers started are none, however their ports look: a git fetch dials port 22 as well.
 * The socket table does not say who dialled, so a session counts as incoming where somebody listens on its port, or where
 * its port is none that the kernel gives to those who dial. A peer on a bridge that leads nowhere else is a container.
 */
final class IncomingSessions {
    /** What the kernel gives to those who dial begins here (ip_local_port_range, ip-sysctl.rst). */
    private static final int FIRST_EPHEMERAL = 32768;

    private final Collection<Socket> sockets;
    private final Collection<Entry> tracked;
    private final Set<Ip> own;
    private final Logins logins;
    private final Routes routes;
    private final Predicate<String> isBridge;

    IncomingSessions(
            Collection<Socket> sockets,
            Collection<Entry> tracked,
            Set<Ip> own,
            Logins logins,
            Routes routes,
            Predicate<String> isBridge) {
        this.sockets = sockets;
        this.tracked = tracked;
        this.own = own;
        this.logins = logins;
        this.routes = routes;
        this.isBridge = isBridge;
    }

    List<Session> at(List<PortRange> ports) {
        var known = Stream.concat(ofSockets(), ofTracking())
                .filter(s -> ports.stream().anyMatch(p -> p.contains(at(s))))
                .toList();
        // What both know of is one session: the socket knows more of who is logged in.
        return known.stream()
                .collect(Collectors.toMap(
                        s -> List.of(s.peer(), s.peerPort(), s.port()),
                        s -> s,
                        (socket, entry) -> socket,
                        LinkedHashMap::new))
                .values()
                .stream()
                .toList();
    }

    private static PortRange at(Session session) {
        return new PortRange(Protocol.TCP, session.port(), session.port());
    }

    private Stream<Session> ofSockets() {
        var listening = sockets.stream()
                .filter(Socket::isListening)
                .map(Socket::localPort)
                .collect(Collectors.toSet());
        return sockets.stream()
                .filter(Socket::isSession)
                .filter(s -> listening.contains(s.localPort()) || s.localPort() < FIRST_EPHEMERAL)
                .filter(s -> isFromOutside(s.peer()))
                .map(s -> new Session(
                        s.peer(),
                        s.peerPort(),
                        s.localPort(),
                        s.isEstablished(),
                        via(s.peer()),
                        Optional.of(s.local()),
                        logins.of(s.inode(), s.peer())));
    }

    private Stream<Session> ofTracking() {
        return tracked.stream()
                .filter(Entry::answered)
                .filter(e ->
                        own.contains(e.flow().to()) && isFromOutside(e.flow().from()))
                .map(e -> new Session(
                        e.flow().from(),
                        e.sourcePort(),
                        e.flow().port().first(),
                        e.established(),
                        via(e.flow().from()),
                        Optional.of(e.flow().to()),
                        logins.of(e.flow().from())));
    }

    private Optional<String> via(Ip peer) {
        return routes.to(peer).map(Routes.Route::via);
    }

    private boolean isFromOutside(Ip peer) {
        return !own.contains(peer)
                && routes.to(peer)
                        .filter(r -> r.onLink() && isBridge.test(r.via()) && !routes.isUplink(r.via()))
                        .isEmpty();
    }
}
