package io.portero.host;

import io.portero.policy.Ip;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The logins from other hosts that systemd-logind has on record.
 *
 * <p>Each has a file in {@code /run/systemd/sessions}, which everybody may read; sd-login(3) reads the same files. A
 * session appears after PAM has authenticated its user. Until systemd 256 there is also a pipe for each session, open
 * at the other end for as long as the session lives: a read of it would block that long.
 */
final class LogindSessions {
    private LogindSessions() {}

    static List<Login> read(Path directory) {
        var logins = new ArrayList<Login>();
        for (var file : ProcFiles.entries(directory)) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            var values = new HashMap<String, String>();
            ProcFiles.lines(file).forEach(line -> put(values, line));
            if (values.getOrDefault("REMOTE", "0").equals("1")
                    && !values.getOrDefault("STATE", "").equals("closing")) {
                Login.of("logind session " + file.getFileName(), values.getOrDefault("REMOTE_HOST", ""), since(values))
                        .ifPresent(logins::add);
            }
        }
        return logins;
    }

    /** Microseconds since 1970. */
    private static long since(Map<String, String> values) {
        try {
            return Long.parseLong(values.getOrDefault("REALTIME", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void put(Map<String, String> values, String line) {
        int at = line.indexOf('=');
        if (at > 0) {
            values.put(line.substring(0, at), line.substring(at + 1));
        }
    }

    /**
     * A login from an address; host names prove nothing, since they come from DNS that others control.
     *
     * @param since the later, the larger
     */
    record Login(String id, Ip from, long since) {
        static Optional<Login> of(String id, String host, long since) {
            try {
                return Optional.of(new Login(id, Ip.parse(host.strip()), since));
            } catch (Ip.NotAnAddress e) {
                return Optional.empty();
            }
        }
    }
}
