package io.portero.host;

import io.portero.host.LogindSessions.Login;
import io.portero.policy.Ip;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<Ip, String> peers = new HashMap<>();

    Logins(SshLogins sockets, List<Login> logins) {
        this.sockets = sockets;
        logins.stream().sorted(Comparator.comparingLong(Login::since)).forEach(l -> peers.put(l.from(), l.id()));
    }

    static Logins read(Path proc) {
        var logind = LogindSessions.read(LOGIND);
        var logins = logind.isEmpty() ? Utmp.read(UTMP) : logind;
        return new Logins(SshLogins.read(proc), logins);
    }

    /** The login of whoever holds this socket. */
    Optional<String> of(long inode, Ip peer) {
        return sockets.isPending(inode)
                ? Optional.empty() // sshd itself says that nobody is in yet
                : Stream.of(sockets.login(inode), of(peer))
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /** The latest login of that peer: whatever else he had before, that one may be new. */
    Optional<String> of(Ip peer) {
        return Optional.ofNullable(peers.get(peer));
    }
}
