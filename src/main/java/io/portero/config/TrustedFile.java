package io.portero.config;

import io.portero.files.OpenFile;
import io.portero.files.SafePath;
import io.portero.files.Uid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Reads files that decide which sources reach this host.
 *
 * <p>Reads only a regular file that belongs to root or to the agent's own user, that nobody else may write, and that
 * nobody else may replace: a user who can write it can open the host. The file is opened once; the checks and the
 * reading use the open file.
 *
 * @param what the name of this kind of file
 * @param whenAbsent what to do if there is no such file, as a clause
 */
record TrustedFile(String what, int maxBytes, String whenAbsent) {
    static final TrustedFile POLICY =
            new TrustedFile("a policy", 4 * 1024 * 1024, "write one, or name another with --config");
    static final TrustedFile LIST = new TrustedFile("a list", 32 * 1024 * 1024, "write one, which may be empty");

    private static final int WRITABLE_FOR_OTHERS = 0022;

    /** The text; if the file cannot be used, empty after a reported error. */
    Optional<String> read(Path path, Findings findings) {
        try {
            var trusted = FleetOwner.trustedAt(path);
            return read(path, SafePath.whole(path, trusted), trusted, findings);
        } catch (NoSuchFileException e) {
            findings.error(0, "", "there is no such file; " + whenAbsent);
        } catch (AccessDeniedException e) {
            findings.error(0, "", "it cannot be read: permission denied; give the agent's user the right to read it");
        } catch (CharacterCodingException e) {
            findings.error(0, "", "it is not UTF-8 text; check that this is the right file");
        } catch (IOException e) {
            findings.error(0, "", "reading it failed: " + reason(e));
        }
        return Optional.empty();
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : String.valueOf(e.getMessage());
    }

    private Optional<String> read(Path path, SafePath way, Set<Integer> trusted, Findings findings) throws IOException {
        if (!Files.isRegularFile(way.real())) {
            findings.error(
                    0,
                    "",
                    "it is a " + (Files.isDirectory(way.real()) ? "directory" : "special file") + "; " + what
                            + " is a regular file");
            return Optional.empty();
        }
        try (var file = OpenFile.read(way.real())) {
            var objection = objection(path, file, trusted).or(way::objection);
            if (objection.isEmpty()) {
                var content = file.content(maxBytes);
                if (content.length <= maxBytes) {
                    return Optional.of(decode(content));
                }
                objection = Optional.of(tooLong(content.length));
            }
            findings.error(0, "", objection.get());
            return Optional.empty();
        }
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private Optional<String> objection(Path path, OpenFile file, Set<Integer> trusted) throws IOException {
        if (file.size() > maxBytes) {
            return Optional.of(tooLong(file.size()));
        }
        if (!trusted.contains(file.uid())) {
            return Optional.of("it belongs to " + file.owner() + "; " + what
                    + " must belong to root or to the agent's user: chown root " + path);
        }
        return (file.permissions() & WRITABLE_FOR_OTHERS) == 0
                ? Optional.empty()
                : Optional.of(
                        "users other than its owner may write it, and so could open the host: chmod go-w " + path);
    }

    private String tooLong(long bytes) {
        return "it has " + bytes + " bytes, and " + what + " has at most " + maxBytes;
    }

    static boolean isSafeOwner(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid") instanceof Integer uid
                && Uid.trusted().contains(uid);
    }
}
