package io.portero.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells sshd sessions after login from those before login.
 *
 * <p>After login the process title of sshd has the user name and an {@code @}: {@code sshd: root@pts/0}, or
 * {@code sshd-session:} since OpenSSH 9.8. A session for port forwarding alone has the name only. Before login a word
 * in brackets follows. A session alone proves nothing: a password guesser has one too.
 */
final class SshLogins {
    private static final Pattern LOGGED_IN = Pattern.compile("sshd[a-z-]*: [^ /\\[@]+(@.*)?");

    /** Whether one of the processes that hold the socket serves a logged-in user. */
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

    /** The login that sshd serves on this socket, if any. */
    Optional<String> login(long inode) {
        return Boolean.TRUE.equals(sockets.get(inode)) ? Optional.of("ssh session " + inode) : Optional.empty();
    }

    /**
     * Whether sshd holds the socket and nobody has logged in; false if sshd does not hold it or this process may not
     * see that.
     */
    boolean isPending(long inode) {
        return Boolean.FALSE.equals(sockets.get(inode));
    }
}
