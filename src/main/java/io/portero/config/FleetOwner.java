package io.portero.config;

import io.portero.files.SafePath;
import io.portero.files.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The user that may write a policy besides root and the agent's own: he who owns the directory of the fleet, inside of it alone.
 *
 * <p>Root gives that directory away when the host is enrolled, and root's link leads the agent into it. A directory that anybody
 * else could put in its place is nobody's.
 */
final class FleetOwner {
    private static final Path DIRECTORY = Path.of("/var/lib/portero-fleet");

    private FleetOwner() {}

    /** Whom what is at this path may belong to. */
    static Set<Integer> trustedAt(Path path) throws IOException {
        var named = System.getenv("PORTERO_FLEET_DIR");
        return trustedAt(path, named == null || named.isBlank() ? DIRECTORY : Path.of(named));
    }

    static Set<Integer> trustedAt(Path path, Path fleet) throws IOException {
        var trusted = Uid.trusted();
        if (!path.toRealPath().startsWith(fleet)) {
            return trusted;
        }
        try {
            var way = SafePath.whole(fleet, trusted);
            if (way.objection().isPresent() || !way.real().equals(fleet)) {
                return trusted;
            }
            var more = new HashSet<>(trusted);
            if (Files.getAttribute(fleet, "unix:uid", LinkOption.NOFOLLOW_LINKS) instanceof Integer uid) {
                more.add(uid);
            }
            return more;
        } catch (NoSuchFileException e) {
            return trusted;
        }
    }
}
