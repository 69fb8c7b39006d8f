package io.portero.host;

import io.portero.exposure.Listener;
import io.portero.host.SocketTable.Socket;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.safety.HostView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sockets of this network namespace with the programs that hold them, as far as this process may read that.
 *
 * @param programs by the inode of a socket, in the order of process ids
 */
record OwnedSockets(Path proc, Map<Long, List<String>> programs) {
    /** A program chooses its own name, and terminals obey some characters. */
    private static final Pattern CONTROL = Pattern.compile("[^\\x20-\\x7e]");

    /** IPPROTO_RAW. */
    private static final int SENDING_ALONE = 255;

    static OwnedSockets read(Path proc) {
        var programs = new HashMap<Long, List<String>>();
        for (var process : ProcFiles.children(proc)) {
            var name = ProcFiles.lines(process.resolve("comm"));
            if (!name.isEmpty()) {
                var legible = legible(name.getFirst());
                for (var descriptor : ProcFiles.children(process.resolve("fd"))) {
                    ProcFiles.inode(descriptor)
                            .ifPresent(i -> programs.computeIfAbsent(i, n -> new ArrayList<>())
                                    .add(legible));
                }
            }
        }
        return new OwnedSockets(proc, programs);
    }

    static String legible(String name) {
        return CONTROL.matcher(name).replaceAll("?");
    }

    private Stream<Socket> sockets(String... tables) {
        return SocketTable.of(proc, tables);
    }

    private List<String> of(Socket socket) {
        return programs.getOrDefault(socket.inode(), List.of());
    }

    /** If programs share a socket, the latest one uses it: systemd hands sockets to the services that it starts. */
    private String user(Socket socket) {
        var all = of(socket);
        return all.isEmpty() ? "" : all.getLast();
    }

    /** The TCP ports at which a program of this name listens. */
    SortedSet<Integer> portsOf(String program) {
        return sockets("tcp", "tcp6")
                .filter(Socket::isListening)
                .filter(s -> of(s).contains(program))
                .map(Socket::localPort)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    List<Listener.Socket> listeners() {
        return Stream.of(
                        sockets("tcp", "tcp6").filter(Socket::isListening).map(s -> listener(Protocol.TCP, s)),
                        sockets("udp", "udp6").filter(Socket::isUnconnected).map(s -> listener(Protocol.UDP, s)),
                        sockets("raw", "raw6").flatMap(s -> raw(s).stream()))
                .flatMap(found -> found)
                .distinct()
                .toList();
    }

    private Listener.Socket listener(Protocol protocol, Socket socket) {
        return new Listener.Socket(
                new PortRange(protocol, socket.localPort(), socket.localPort()), socket.local(), user(socket));
    }

    /**
     * A raw socket; the kernel shows the protocol in place of the port (raw(7)). Raw sockets for ICMP, for protocols
     * with ports and for sending only (255) belong to programs that capture or craft packets, and offer no service.
     */
    private Optional<Listener.Socket> raw(Socket socket) {
        return Protocol.of(socket.localPort())
                .filter(p -> !p.hasPorts() && p.number() > 0 && p.number() < SENDING_ALONE)
                .map(p -> new Listener.Socket(PortRange.whole(p), socket.local(), user(socket)));
    }

    /** The peers of the connected sockets. */
    List<HostView.Departing> departing() {
        return Stream.concat(departing(Protocol.TCP, "tcp"), departing(Protocol.UDP, "udp"))
                .toList();
    }

    private Stream<HostView.Departing> departing(Protocol protocol, String table) {
        return sockets(table, table + "6")
                .filter(s -> s.peerPort() > 0)
                .flatMap(s -> of(s).stream()
                        .map(program -> new HostView.Departing(
                                s.peer(), new PortRange(protocol, s.peerPort(), s.peerPort()), program)));
    }
}
