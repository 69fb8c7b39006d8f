package io.portero.files;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The target of a path, and whether an untrusted user could change the target.
 *
 * <p>The path is followed name by name, including links, as the kernel follows it. A directory is safe if it belongs to
 * a trusted user and nobody else may write to it. A sticky directory is also safe if the entry that is used belongs to
 * a trusted user. sshd has the same rules for its files. A link is safe if it belongs to a trusted user and is in a
 * safe directory. So root may replace a link at any time, as Kubernetes replaces {@code ..data} of a ConfigMap.
 *
 * @param real the path without links
 * @param objection a clause that says what is wrong with the way there, if anything is
 */
public record SafePath(Path real, Optional<String> objection) {
    /** The limit of the kernel. */
    private static final int MOST_LINKS = 40;

    private static final int WRITABLE_FOR_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int KIND = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;

    /** Every directory and every link on the way must be safe. */
    public static SafePath whole(Path path, Set<Integer> trusted) throws IOException {
        return new Walk(trusted, true).along(path);
    }

    /**
     * Every link on the way must be safe; a path without links leads where it says, so the owners of its directories do
     * not matter.
     */
    public static SafePath links(Path path, Set<Integer> trusted) throws IOException {
        return new Walk(trusted, false).along(path);
    }

    /** One walk along one path. */
    private static final class Walk {
        private final Set<Integer> trusted;
        private final boolean strict;
        private final Deque<Path> ahead = new ArrayDeque<>();
        private @Nullable String objection;
        private int links;

        Walk(Set<Integer> trusted, boolean strict) {
            this.trusted = trusted;
            this.strict = strict;
        }

        SafePath along(Path path) throws IOException {
            var root = path.toAbsolutePath().getRoot();
            var here = root;
            push(path.toAbsolutePath());
            while (!ahead.isEmpty()) {
                here = step(here, ahead.pop(), root);
            }
            return new SafePath(here, Optional.ofNullable(objection));
        }

        private void push(Path path) {
            for (int i = path.getNameCount() - 1; i >= 0; i--) {
                ahead.push(path.getName(i));
            }
        }

        private Path step(Path here, Path name, Path root) throws IOException {
            if (name.toString().isEmpty() || name.toString().equals(".")) {
                return here;
            }
            if (name.toString().equals("..")) {
                return here.getParent() == null ? here : here.getParent();
            }
            if (strict) {
                judgeDirectory(here);
            }
            var next = here.resolve(name);
            var attributes = attributes(next);
            int kind = mode(attributes) & KIND;
            if (kind == LINK) {
                judgeDirectory(here);
                judgeLink(next, attributes);
                return follow(here, next, root);
            }
            if (kind != DIRECTORY && !ahead.isEmpty()) {
                throw new NotDirectoryException(next.toString());
            }
            return next;
        }

        private Path follow(Path here, Path link, Path root) throws IOException {
            if (++links > MOST_LINKS) {
                throw new FileSystemLoopException(link.toString());
            }
            var target = Files.readSymbolicLink(link);
            push(target);
            return target.isAbsolute() ? root : here;
        }

        private void judgeDirectory(Path directory) throws IOException {
            var attributes = attributes(directory);
            if (!isTrusted(attributes)) {
                object("its directory " + directory + " belongs to " + owner(directory) + ": chown root " + directory);
            } else if ((mode(attributes) & WRITABLE_FOR_OTHERS) != 0 && (mode(attributes) & STICKY) == 0) {
                object("users other than its owner may write its directory " + directory + ": chmod go-w " + directory);
            }
        }

        private void judgeLink(Path link, Map<String, Object> attributes) throws IOException {
            if (!isTrusted(attributes)) {
                object("the link " + link + " belongs to " + owner(link) + ": use the file itself, or let root"
                        + " create the link");
            }
        }

        private void object(String clause) {
            if (objection == null) {
                objection = clause;
            }
        }

        private boolean isTrusted(Map<String, Object> attributes) {
            return attributes.get("uid") instanceof Integer uid && trusted.contains(uid);
        }

        private static int mode(Map<String, Object> attributes) {
            return attributes.get("mode") instanceof Integer mode ? mode : 0;
        }

        private static Map<String, Object> attributes(Path path) throws IOException {
            return Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        }

        private static String owner(Path path) throws IOException {
            return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
        }
    }
}
