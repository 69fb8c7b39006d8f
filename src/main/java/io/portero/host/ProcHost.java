package io.portero.host;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.host.ConntrackTable.Entry;
import io.portero.host.TcpTable.Socket;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Outgoing;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Session;
import io.portero.reconcile.HostView;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
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
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Path PROC = Path.of("/proc");
    private static final Path SSHD_CONFIG = Path.of("/etc/ssh/sshd_config");

    private final CommandRunner runner;

    public ProcHost(CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    public List<Session> sessions(List<PortRange> ports) {
        var own = sockets()
                .filter(Socket::isSession)
                .map(s -> new Session(s.peer(), s.peerPort(), s.localPort(), s.isEstablished()));
        var tracked = entries()
                .filter(Entry::answered)
                .filter(e -> e.flow().port().protocol() == Protocol.TCP)
                .map(e -> new Session(
                        e.flow().from(), e.sourcePort(), e.flow().port().first(), e.established()));
        return Stream.concat(own, tracked)
                .filter(s -> ports.stream().anyMatch(p -> p.contains(at(s))))
                .distinct()
                .toList();
    }

    private static PortRange at(Session session) {
        return new PortRange(Protocol.TCP, session.port(), session.port());
    }

    @Override
    public List<Flow> flows() {
        var own = ownAddresses();
        return entries().map(Entry::flow).filter(f -> own.contains(f.to())).toList();
    }

    @Override
    public Optional<List<Outgoing>> outgoing(Predicate<Ip> towards) {
        var own = ownAddresses();
        return tracked()
                .map(entries -> entries.stream()
                        .filter(e -> towards.test(e.flow().to())
                                && !own.contains(e.flow().to()))
                        .map(ProcHost::outgoing)
                        .toList());
    }

    private static Outgoing outgoing(Entry entry) {
        var protocol = entry.flow().port().protocol();
        var local = protocol.hasPorts() && entry.sourcePort() > 0
                ? new PortRange(protocol, entry.sourcePort(), entry.sourcePort())
                : PortRange.whole(protocol);
        return new Outgoing(entry.flow().to(), local);
    }

    @Override
    public SortedSet<Integer> sshPorts() {
        var inodes = inodesOf("sshd");
        var listening = sockets().filter(Socket::isListening).toList();
        var found = listening.stream()
                .filter(s -> inodes.contains(s.inode()))
                .map(Socket::localPort)
                .collect(Collectors.toCollection(TreeSet::new));
        return found.isEmpty() ? SshdConfig.ports(SSHD_CONFIG) : found;
    }

    private static Set<Ip> ownAddresses() {
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
        return Stream.of("tcp", "tcp6")
                .flatMap(name -> TcpTable.parse(lines(PROC.resolve("net").resolve(name))).stream());
    }

    private Stream<Entry> entries() {
        return tracked().stream().flatMap(List::stream);
    }

    private Optional<List<Entry>> tracked() {
        var file = PROC.resolve("net/nf_conntrack");
        if (Files.isReadable(file)) {
            return Optional.of(ConntrackTable.parse(lines(file).stream()));
        }
        var result = runner.run(Command.of(TIMEOUT, "conntrack", "-L"));
        return result instanceof CommandResult.Completed done && done.succeeded()
                ? Optional.of(ConntrackTable.parse(done.output().lines()))
                : Optional.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The sockets of all processes of that name that we may look into. */
    private static Set<Long> inodesOf(String program) {
        var inodes = new TreeSet<Long>();
        for (var process : children(PROC)) {
            var name = lines(process.resolve("comm"));
            if (name.size() == 1 && name.getFirst().equals(program)) {
                children(process.resolve("fd")).forEach(fd -> inode(fd).ifPresent(inodes::add));
            }
        }
        return inodes;
    }

    private static List<Path> children(Path directory) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(directory, "[0-9]*")) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // it ended meanwhile, or is not ours to look into
        }
        return found;
    }

    private static Optional<Long> inode(Path descriptor) {
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
