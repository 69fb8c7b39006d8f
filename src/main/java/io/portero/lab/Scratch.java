package io.portero.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * The directory for temporary files of one lab. Its name contains the process id, so that directories of dead processes
 * can be recognised.
 */
record Scratch(Path directory) {
    private static final String PREFIX = "portero-lab-";
    private static final Pattern OURS = Pattern.compile(PREFIX + "(\\d+)-.*");

    /** Read each time: a constant in a native executable would have the value of the build machine. */
    private static Path parent() {
        return Path.of(Privilege.isInside() ? "/run" : System.getProperty("java.io.tmpdir", "/tmp"));
    }

    static Scratch make() throws CannotBuild {
        try {
            return new Scratch(Files.createTempDirectory(
                    parent(), PREFIX + ProcessHandle.current().pid() + "-"));
        } catch (IOException e) {
            throw new CannotBuild(
                    "a temporary directory could not be made (" + e.getMessage() + "); make room in " + parent());
        }
    }

    /** Removes what dead processes have left behind, as far as this user may. */
    static void removeLeftovers() {
        try (var entries = Files.newDirectoryStream(parent(), PREFIX + "*")) {
            for (var entry : entries) {
                var matcher = OURS.matcher(entry.getFileName().toString());
                if (matcher.matches()
                        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()
                        && Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                        && isOurs(entry)) {
                    new Scratch(entry).remove();
                }
            }
        } catch (IOException e) {
            // What cannot be listed cannot be removed.
        }
    }

    private static boolean isOurs(Path entry) throws IOException {
        return Files.getOwner(entry).equals(Files.getOwner(Path.of("/proc/self")));
    }

    void remove() {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // The system's cleanup of temporary files removes the rest.
        }
    }
}
