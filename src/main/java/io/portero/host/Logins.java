package io.portero.host;

import io.portero.host.LogindSessions.Login;
import io.portero.policy.Ip;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The logins from other hosts, as far as this process may see them.
 *
 * <p>Root may read sshd's processes, so a login is found by the socket. Other users find it by the address of the peer,
 * from systemd-logind or utmp, which need no privilege.
 */
final class Logins {
    private static final Path LOGIND = Path.of("/run/systemd/sessions");
    private static final Path UTMP = Path.of("/run/utmp");

    private final SshLogins sockets;
    private final Map<Ip, List<String>> peers;

    Logins(SshLogins sockets, List<Login> logins) {
        this.sockets = sockets;
        this.peers = logins.stream()
                .sorted(Comparator.comparingLong(Login::since).reversed())
                .collect(Collectors.groupingBy(Login::from, Collectors.mapping(Login::id, Collectors.toList())));
    }

    static Logins read(Path proc) {
        var logind = LogindSessions.read(LOGIND);
        var logins = logind.isEmpty() ? Utmp.read(UTMP) : logind;
        return new Logins(SshLogins.read(proc), logins);
    }

    /** The logins of the process that owns this socket, the latest first. */
    List<String> of(long inode, Ip peer) {
        return sockets.isPending(inode)
                ? List.of() // sshd shows that nobody has logged in yet
                : Stream.concat(sockets.login(inode).stream(), of(peer).stream())
                        .toList();
    }

    /** The logins of that peer, the latest first; which login belongs to which connection is unknown. */
    List<String> of(Ip peer) {
        return peers.getOrDefault(peer, List.of());
    }
}
