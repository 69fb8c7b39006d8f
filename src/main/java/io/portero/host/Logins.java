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
 * Who is logged in from elsewhere, as far as this process may see.
 *
 * <p>By the socket where sshd's processes may be looked into, which takes root; by the address of the peer otherwise, from
 * systemd-logind or utmp, which take no right at all.
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

    /** The logins of whoever holds this socket, the latest first. */
    List<String> of(long inode, Ip peer) {
        return sockets.isPending(inode)
                ? List.of() // sshd itself says that nobody is in yet
                : Stream.concat(sockets.login(inode).stream(), of(peer).stream())
                        .toList();
    }

    /** The logins of that peer, the latest first: which of them belongs to which connection, nobody says. */
    List<String> of(Ip peer) {
        return peers.getOrDefault(peer, List.of());
    }
}
