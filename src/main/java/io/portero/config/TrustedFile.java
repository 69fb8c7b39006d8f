package io.portero.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * Reads files that decide who reaches this host.
 *
 * <p>Only a regular file that belongs to root or to the agent's own user and that nobody else may write is read at all:
 * who can write it can open the host.
 *
 * @param what a file of this kind is called
 * @param whenAbsent what to do when there is none, as a clause
 */
record TrustedFile(String what, int maxBytes, String whenAbsent) {
    static final TrustedFile POLICY =
            new TrustedFile("a policy", 4 * 1024 * 1024, "write one, or name another with --config");
    static final TrustedFile LIST = new TrustedFile("a list", 32 * 1024 * 1024, "write one, which may be empty");

    /** The text; or nothing, and it has been found why. */
    Optional<String> read(Path path, Findings findings) {
        try {
            if (isTrusted(path, findings)) {
                return Optional.of(decode(Files.readAllBytes(path)));
            }
        } catch (NoSuchFileException e) {
            findings.error(0, "", "there is no such file; " + whenAbsent);
        } catch (AccessDeniedException e) {
            findings.error(0, "", "reading it is not permitted; give the agent's user the right to read it");
        } catch (CharacterCodingException e) {
            findings.error(0, "", "it is not text in UTF-8; is this the right file?");
        } catch (IOException e) {
            findings.error(0, "", "reading it failed: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private boolean isTrusted(Path path, Findings findings) throws IOException {
        var attributes = Files.readAttributes(path, PosixFileAttributes.class);
        if (!attributes.isRegularFile()) {
            findings.error(
                    0,
                    "",
                    "it is a " + (attributes.isDirectory() ? "directory" : "special file") + "; " + what
                            + " is a regular file");
        } else if (attributes.size() > maxBytes) {
            findings.error(0, "", "it has " + attributes.size() + " bytes, and " + what + " has at most " + maxBytes);
        } else if (!isSafeOwner(path)) {
            findings.error(
                    0,
                    "",
                    "it belongs to " + attributes.owner().getName() + "; " + what
                            + " belongs to root or to the agent's user: chown root " + path);
        } else if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            findings.error(0, "", "others than its owner may write it, and so could open the host: chmod go-w " + path);
        } else {
            return true;
        }
        return false;
    }

    static boolean isSafeOwner(Path path) throws IOException {
        var owner = Files.getAttribute(path, "unix:uid");
        return owner.equals(0) || owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}
