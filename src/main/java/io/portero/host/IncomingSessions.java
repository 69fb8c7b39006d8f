package io.portero.host;

import io.portero.host.ConntrackTable.Entry;
import io.portero.host.SocketTable.Socket;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.safety.Session;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The TCP sessions that others hold with this host, published ports included.
 *
 * <p>Sessions that this host or its containers started do not count, whatever their ports: a git fetch also uses port
 * 22. The socket table does not say which side started a session. So a session counts as incoming if a socket listens
 * on its port, or if its port is not in the ephemeral range. A peer on a bridge that has no other uplink is a
 * container.
 */
final class IncomingSessions {
    /** Ephemeral ports begin here (ip_local_port_range, ip-sysctl.rst). */
    private static final int FIRST_EPHEMERAL = 32768;

    private final Collection<Socket> sockets;
    private final Set<Ip> own;
    private final Logins logins;
    private final Routes routes;
    private final Predicate<String> isBridge;
    /** Which interfaces lead to containers; found out once for all sessions. */
    private final Map<String, Boolean> containers = new HashMap<>();

    IncomingSessions(
            Collection<Socket> sockets, Set<Ip> own, Logins logins, Routes routes, Predicate<String> isBridge) {
        this.sockets = sockets;
        this.own = own;
        this.logins = logins;
        this.routes = routes;
        this.isBridge = isBridge;
    }

    /**
     * The sessions at these ports, including ended ones.
     *
     * @param tracked the flows at these ports from connection tracking, which remembers ended ones for two minutes
     */
    List<Session> at(List<PortRange> ports, Collection<Entry> tracked) {
        return merged(ofSockets().filter(s -> isAt(ports, s)), of(tracked).filter(s -> isAt(ports, s)));
    }

    /**
     * The live sessions at these ports.
     *
     * @param tracking reads the flows at these ports from connection tracking, which costs time in proportion to all
     * flows. It is asked only about ports at which no socket holds a live session: a port that a socket serves is not
     * published
     */
    List<Session> liveAt(List<PortRange> ports, Function<List<PortRange>, Collection<Entry>> tracking) {
        var live = ofSockets().filter(s -> s.live() && isAt(ports, s)).toList();
        var unserved = ports.stream()
                .filter(p -> live.stream().noneMatch(s -> p.contains(at(s))))
                .toList();
        var tracked = unserved.isEmpty() ? List.<Entry>of() : tracking.apply(unserved);
        return merged(live.stream(), of(tracked).filter(s -> s.live() && isAt(unserved, s)));
    }

    /** A session that both tables show is one session; the socket tells more about who is logged in. */
    private static List<Session> merged(Stream<Session> ofSockets, Stream<Session> tracked) {
        return Stream.concat(ofSockets, tracked)
                .collect(Collectors.toMap(
                        s -> List.of(s.peer(), s.peerPort(), s.port()),
                        s -> s,
                        (socket, entry) -> socket,
                        LinkedHashMap::new))
                .values()
                .stream()
                .toList();
    }

    private static boolean isAt(List<PortRange> ports, Session session) {
        return ports.stream().anyMatch(p -> p.contains(at(session)));
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

    private Stream<Session> of(Collection<Entry> tracked) {
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

    private boolean isOfContainers(String via) {
        return isBridge.test(via) && !routes.isUplink(via);
    }

    private Optional<String> via(Ip peer) {
        return routes.to(peer).map(Routes.Route::via);
    }

    private boolean isFromOutside(Ip peer) {
        return !own.contains(peer)
                && routes.to(peer)
                        .filter(r -> r.onLink() && containers.computeIfAbsent(r.via(), this::isOfContainers))
                        .isEmpty();
    }
}
