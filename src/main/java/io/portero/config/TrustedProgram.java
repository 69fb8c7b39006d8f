package io.portero.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks programs that a policy tells the agent to run.
 *
 * <p>Such a program can change the firewall, so only root or the agent's own user may be able to write or replace it,
 * as with the policy itself.
 */
final class TrustedProgram {
    private TrustedProgram() {}

    /** The problem and its remedy; empty if the program may be run. */
    static Optional<String> problem(Path program) {
        try {
            if (!Files.exists(program)) {
                return Optional.of("there is no " + program + "; install it, or name another program");
            }
            var real = program.toRealPath();
            if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
                return Optional.of(program + " is not an executable file; name one that is");
            }
            for (var path : Stream.concat(Stream.of(real), Stream.concat(above(program), above(real)))
                    .toList()) {
                var writer = writer(path);
                if (writer.isPresent()) {
                    return Optional.of(path + " " + writer.get());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(program + " cannot be checked (" + e.getMessage() + "); name another program");
        }
    }

    private static Stream<Path> above(Path path) {
        return Stream.iterate(path.getParent(), parent -> parent != null, Path::getParent);
    }

    /** How another user could change the file or directory. */
    private static Optional<String> writer(Path path) throws IOException {
        if (!TrustedFile.isSafeOwner(path)) {
            var owner = Files.readAttributes(path, PosixFileAttributes.class).owner();
            return Optional.of("belongs to " + owner.getName() + ", who could so open the host: chown root " + path);
        }
        var permissions = Files.getPosixFilePermissions(path);
        boolean open = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        return open && !isSticky(path)
                ? Optional.of("may be written by users other than its owner, who could so open the host: chmod"
                        + " go-w " + path)
                : Optional.empty();
    }

    /** In such a directory a user cannot replace files of other users. */
    private static boolean isSticky(Path path) throws IOException {
        return Files.isDirectory(path) && ((int) Files.getAttribute(path, "unix:mode") & 01000) != 0;
    }
}
