package io.portero.host;

import io.portero.exec.CommandRunner;
import io.portero.exposure.Listener;
import io.portero.exposure.Membership;
import io.portero.host.ConntrackTable.Entry;
import io.portero.host.SocketTable.Socket;
import io.portero.policy.Destination;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Outgoing;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Surroundings;
import io.portero.safety.HostView;
import io.portero.safety.Running;
import io.portero.safety.Session;
import io.portero.telephony.Installation;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This host, as {@code /proc} shows it.
 *
 * <p>Connection tracking is read from {@code /proc/net/nf_conntrack}, which belongs to root, or asked of the program
 * {@code conntrack} where there is one; without either, published ports are not seen. Whose
 * socket is whose only root may see; where sshd's are hidden, its configuration says which ports it listens on.
 */
public final class ProcHost implements HostView {
    private static final Path PROC = Path.of("/proc");
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path SSHD_CONFIG = Path.of("/etc/ssh/sshd_config");
    /** A program chooses its own name, and terminals obey some characters. */
    private static final Pattern CONTROL = Pattern.compile("[^\\x20-\\x7e]");

    /** IPPROTO_RAW. */
    private static final int SENDING_ALONE = 255;

    private final ConntrackReader conntrack;
    private final Network network;
    private final PublishedPorts published;
    private final Destinations destinations;

    /** With the nft of the path. */
    public ProcHost(CommandRunner runner) {
        this(runner, () -> "nft");
    }

    /** @param nft which one to ask for published ports */
    public ProcHost(CommandRunner runner, Supplier<String> nft) {
        this.conntrack = new ConntrackReader(runner, PROC.resolve("net/nf_conntrack"), System::nanoTime);
        this.network = new Network(runner, PROC, Path.of("/"));
        this.published = new PublishedPorts(runner, nft);
        this.destinations = new Destinations(runner, PROC.resolve("net"));
    }

    @Override
    public Surroundings surroundings() {
        return network.surroundings();
    }

    @Override
    public Object networkMark() {
        return network.mark();
    }

    @Override
    public Destination destination(Ip to) {
        return destinations.of(to);
    }

    @Override
    public List<Session> sessions(List<PortRange> ports) {
        return incoming().at(ports, tracked(ports));
    }

    @Override
    public List<Session> liveSessions(List<PortRange> ports) {
        return incoming().liveAt(ports, this::tracked);
    }

    private List<Entry> tracked(List<PortRange> ports) {
        return conntrack.tcp(ports).orElse(List.of());
    }

    private static IncomingSessions incoming() {
        return new IncomingSessions(
                sockets().toList(),
                ownAddresses(),
                Logins.read(PROC),
                Routes.parse(lines(PROC.resolve("net/route")), lines(PROC.resolve("net/ipv6_route"))),
                ProcHost::isBridge);
    }

    private static boolean isBridge(String name) {
        return Files.exists(Path.of("/sys/class/net", name, "bridge"));
    }

    @Override
    public void forget() {
        conntrack.forget();
    }

    @Override
    public List<Flow> flows() {
        var own = ownAddresses();
        return conntrack.all().stream()
                .flatMap(List::stream)
                .map(Entry::flow)
                .filter(f -> own.contains(f.to()))
                .toList();
    }

    @Override
    public Optional<List<Outgoing>> outgoing(Predicate<Ip> towards) {
        var own = ownAddresses();
        return conntrack
                .all()
                .map(entries -> entries.stream()
                        .filter(e -> towards.test(e.flow().to())
                                && !own.contains(e.flow().to()))
                        .map(ProcHost::outgoing)
                        .toList());
    }

    @Override
    public List<Flow> leaving() {
        var own = ownAddresses();
        return conntrack.all().stream()
                .flatMap(List::stream)
                .map(Entry::flow)
                .filter(f -> !own.contains(f.to()) && !f.to().isLoopback())
                .toList();
    }

    @Override
    public List<Departing> departing() {
        var programs = programs();
        return Stream.concat(departing(Protocol.TCP, "tcp", programs), departing(Protocol.UDP, "udp", programs))
                .toList();
    }

    private static Stream<Departing> departing(Protocol protocol, String table, Map<Long, List<String>> programs) {
        return sockets(table, table + "6")
                .filter(s -> s.peerPort() > 0)
                .flatMap(s -> programs.getOrDefault(s.inode(), List.of()).stream()
                        .map(program ->
                                new Departing(s.peer(), new PortRange(protocol, s.peerPort(), s.peerPort()), program)));
    }

    @Override
    public String userName(long user) {
        var number = Long.toString(user);
        return lines(PASSWD).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[2].equals(number))
                .map(fields -> CONTROL.matcher(fields[0]).replaceAll("?"))
                .findFirst()
                .orElse(number);
    }

    private static Outgoing outgoing(Entry entry) {
        var protocol = entry.flow().port().protocol();
        var local = protocol.hasPorts() && entry.sourcePort() > 0
                ? new PortRange(protocol, entry.sourcePort(), entry.sourcePort())
                : PortRange.whole(protocol);
        return new Outgoing(entry.flow().to(), local);
    }

    @Override
    public Optional<Running> running() {
        var tcp = sockets().toList();
        var udp = sockets("udp", "udp6").toList();
        var listening = tcp.stream()
                .filter(Socket::isListening)
                .map(Socket::localPort)
                .collect(Collectors.toCollection(TreeSet::new));
        var datagrams = udp.stream()
                .filter(Socket::isUnconnected)
                .map(Socket::localPort)
                .collect(Collectors.toCollection(TreeSet::new));
        var connections = Stream.concat(
                        tcp.stream()
                                .filter(Socket::isRemote)
                                .map(s -> connection(true, s, listening.contains(s.localPort()))),
                        udp.stream().filter(Socket::isRemote).map(s -> connection(false, s, false)))
                .distinct()
                .toList();
        return Optional.of(new Running(trackedFlows(), listening, connections, datagrams));
    }

    private static Running.Connection connection(boolean tcp, Socket socket, boolean incoming) {
        return new Running.Connection(tcp, socket.peer(), socket.peerPort(), socket.localPort(), incoming);
    }

    /** None where the kernel does not track at all yet. */
    private static int trackedFlows() {
        try {
            return lines(PROC.resolve("sys/net/netfilter/nf_conntrack_count")).stream()
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public SortedSet<Integer> sshPorts() {
        var programs = programs();
        var found = sockets()
                .filter(Socket::isListening)
                .filter(s -> programs.getOrDefault(s.inode(), List.of()).contains("sshd"))
                .map(Socket::localPort)
                .collect(Collectors.toCollection(TreeSet::new));
        return found.isEmpty() ? SshdConfig.ports(SSHD_CONFIG) : found;
    }

    @Override
    public List<Listener.Socket> listeners() {
        var programs = programs();
        return Stream.concat(
                        sockets().filter(Socket::isListening).map(s -> listener(Protocol.TCP, s, programs)),
                        Stream.concat(
                                sockets("udp", "udp6")
                                        .filter(Socket::isUnconnected)
                                        .map(s -> listener(Protocol.UDP, s, programs)),
                                sockets("raw", "raw6").flatMap(s -> raw(s, programs).stream())))
                .distinct()
                .toList();
    }

    /**
     * A raw socket, in whose place of a port the kernel shows the protocol (raw(7)). Those for ICMP, for protocols with ports and
     * for sending alone (255) are of programs that look at packets or make them, and serve nobody.
     */
    private static Optional<Listener.Socket> raw(Socket socket, Map<Long, List<String>> programs) {
        return Protocol.of(socket.localPort())
                .filter(p -> !p.hasPorts() && p.number() > 0 && p.number() < SENDING_ALONE)
                .map(p -> new Listener.Socket(
                        PortRange.whole(p),
                        socket.local(),
                        programs.getOrDefault(socket.inode(), List.of("")).getLast()));
    }

    @Override
    public List<Membership> memberships() {
        return Memberships.parse(lines(PROC.resolve("net/igmp")), lines(PROC.resolve("net/igmp6")));
    }

    /** Of programs that share a socket the latest is the one that uses it: systemd hands sockets on to those it starts. */
    private static Listener.Socket listener(Protocol protocol, Socket socket, Map<Long, List<String>> programs) {
        return new Listener.Socket(
                new PortRange(protocol, socket.localPort(), socket.localPort()),
                socket.local(),
                programs.getOrDefault(socket.inode(), List.of("")).getLast());
    }

    @Override
    public List<Listener.Published> published() {
        return published.all();
    }

    @Override
    public List<Installation> voicePrograms() {
        return new VoicePrograms(PROC, Path.of("/")).find();
    }

    static Set<Ip> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(Ip::of)
                    .collect(Collectors.toSet());
        } catch (SocketException e) {
            return Set.of();
        }
    }

    private static Stream<Socket> sockets() {
        return sockets("tcp", "tcp6");
    }

    private static Stream<Socket> sockets(String... tables) {
        return Stream.of(tables)
                .flatMap(name -> SocketTable.parse(lines(PROC.resolve("net").resolve(name))).stream());
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The programs that hold each socket, as far as we may look into them, in the order of process ids. */
    private static Map<Long, List<String>> programs() {
        var programs = new HashMap<Long, List<String>>();
        for (var process : children(PROC)) {
            var name = lines(process.resolve("comm"));
            if (!name.isEmpty()) {
                var legible = CONTROL.matcher(name.getFirst()).replaceAll("?");
                for (var descriptor : children(process.resolve("fd"))) {
                    inode(descriptor)
                            .ifPresent(i -> programs.computeIfAbsent(i, n -> new ArrayList<>())
                                    .add(legible));
                }
            }
        }
        return programs;
    }

    /** The processes and descriptors in a directory of {@code /proc}. */
    static List<Path> children(Path directory) {
        return entries(directory, "[0-9]*");
    }

    /** The files in a directory. */
    static List<Path> entries(Path directory) {
        return entries(directory, "*");
    }

    private static List<Path> entries(Path directory, String glob) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // it ended meanwhile, or is not ours to look into
        }
        return found;
    }

    /** The socket that a descriptor of a process leads to. */
    static Optional<Long> inode(Path descriptor) {
        try {
            var target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:[")
                    ? Optional.of(Long.parseLong(target.substring(8, target.length() - 1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
