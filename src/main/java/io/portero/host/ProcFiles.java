package io.portero.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads files and directories of {@code /proc} and similar file systems. Entries may disappear meanwhile or be hidden;
 * these read as empty.
 */
final class ProcFiles {
    private ProcFiles() {}

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The processes and descriptors in a directory of {@code /proc}. */
    static List<Path> children(Path directory) {
        return entries(directory, "[0-9]*");
    }

    /** The files in a directory. */
    static List<Path> entries(Path directory) {
        return entries(directory, "*");
    }

    private static List<Path> entries(Path directory, String glob) {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // the process ended meanwhile, or this user may not read it
        }
        return found;
    }

    /** The socket that a descriptor of a process leads to. */
    static Optional<Long> inode(Path descriptor) {
        try {
            var target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:[")
                    ? Optional.of(Long.parseLong(target.substring(8, target.length() - 1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
