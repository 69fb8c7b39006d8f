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
import io.portero.policy.Surroundings;
import io.portero.safety.HostView;
import io.portero.safety.Running;
import io.portero.safety.Session;
import io.portero.telephony.Installation;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This host, as {@code /proc} shows it.
 *
 * <p>Connection tracking is read from {@code /proc/net/nf_conntrack}, which belongs to root, or listed by the program
 * {@code conntrack} where it is installed; without either, published ports are not seen. Only root may see which
 * process owns a socket; where sshd's sockets are hidden, its configuration tells its ports.
 */
public final class ProcHost implements HostView {
    private static final Path PROC = Path.of("/proc");
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path SSHD_CONFIG = Path.of("/etc/ssh/sshd_config");
    private final ConntrackReader conntrack;
    private final Network network;
    private final PublishedPorts published;
    private final Destinations destinations;

    /** With the nft found in the path. */
    public ProcHost(CommandRunner runner) {
        this(runner, () -> "nft");
    }

    /** @param nft the program to ask for published ports */
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
                SocketTable.of(PROC, "tcp", "tcp6").toList(),
                ownAddresses(),
                Logins.read(PROC),
                Routes.parse(
                        ProcFiles.lines(PROC.resolve("net/route")), ProcFiles.lines(PROC.resolve("net/ipv6_route"))),
                ProcHost::isBridge);
    }

    private static boolean isBridge(String name) {
        return Files.exists(Path.of("/sys/class/net", name, "bridge"));
    }

    @Override
    public boolean isTunnel(String name) {
        return new InterfaceKind(Path.of("/sys/class/net", name)).isTunnel();
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
        return OwnedSockets.read(PROC).departing();
    }

    @Override
    public String userName(long user) {
        var number = Long.toString(user);
        return ProcFiles.lines(PASSWD).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && fields[2].equals(number))
                .map(fields -> OwnedSockets.legible(fields[0]))
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
        var tcp = SocketTable.of(PROC, "tcp", "tcp6").toList();
        var udp = SocketTable.of(PROC, "udp", "udp6").toList();
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

    /** None where the kernel does not track connections yet. */
    private static int trackedFlows() {
        try {
            return ProcFiles.lines(PROC.resolve("sys/net/netfilter/nf_conntrack_count")).stream()
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public SortedSet<Integer> sshPorts() {
        var found = OwnedSockets.read(PROC).portsOf("sshd");
        return found.isEmpty() ? SshdConfig.ports(SSHD_CONFIG) : found;
    }

    @Override
    public List<Listener.Socket> listeners() {
        return OwnedSockets.read(PROC).listeners();
    }

    @Override
    public List<Membership> memberships() {
        return Memberships.parse(ProcFiles.lines(PROC.resolve("net/igmp")), ProcFiles.lines(PROC.resolve("net/igmp6")));
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
}
