package io.portero.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells the sessions of sshd in which somebody has logged in from those in which he still tries to.
 *
 * <p>A process of sshd names the user with an {@code @} in its title as soon as he is in: {@code sshd: root@pts/0}, or
 * {@code sshd-session:} since OpenSSH 9.8; a session for port forwarding alone has the name and nothing behind it. Before
 * that a word in brackets follows. Whoever guesses passwords holds a session as well, and is nobody's guest.
 */
final class SshLogins {
    private static final Pattern LOGGED_IN = Pattern.compile("sshd[a-z-]*: [^ /\\[@]+(@.*)?");

    /** By the socket: whether one of the processes that hold it serves somebody. */
    private final Map<Long, Boolean> sockets = new HashMap<>();

    private SshLogins() {}

    static SshLogins read(Path proc) {
        var logins = new SshLogins();
        for (var process : ProcFiles.children(proc)) {
            var name = ProcFiles.lines(process.resolve("comm"));
            if (!name.isEmpty() && name.getFirst().startsWith("sshd")) {
                logins.add(process);
            }
        }
        return logins;
    }

    private void add(Path process) {
        var title = String.join(" ", ProcFiles.lines(process.resolve("cmdline")))
                .replace('\0', ' ')
                .strip();
        boolean serves = LOGGED_IN.matcher(title).matches();
        for (var descriptor : ProcFiles.children(process.resolve("fd"))) {
            ProcFiles.inode(descriptor).ifPresent(i -> sockets.merge(i, serves, Boolean::logicalOr));
        }
    }

    /** The login that sshd serves by this socket, when it does. */
    Optional<String> login(long inode) {
        return Boolean.TRUE.equals(sockets.get(inode)) ? Optional.of("ssh session " + inode) : Optional.empty();
    }

    /** Whether sshd holds it and nobody has logged in; false for what sshd does not hold or may not be looked into. */
    boolean isPending(long inode) {
        return Boolean.FALSE.equals(sockets.get(inode));
    }
}
