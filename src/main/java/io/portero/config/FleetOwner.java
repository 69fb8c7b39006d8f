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
 * The user that may write a policy in addition to root and the agent's own user: the owner of the fleet directory, only
 * inside that directory.
 *
 * <p>At enrolment, root gives this directory to that user and creates a link into it for the agent. If another user
 * could replace the directory, its owner is not trusted.
 */
final class FleetOwner {
    private static final Path DIRECTORY = Path.of("/var/lib/portero-fleet");

    private FleetOwner() {}

    /** The users that may own the file at this path. */
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
