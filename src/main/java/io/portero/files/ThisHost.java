package io.portero.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The name of this host, found without a resolver. */
public final class ThisHost {
    /** A sandboxed service may be unable to read the first file. */
    private static final List<Path> NAMES = List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"));

    private ThisHost() {}

    /** Empty if no file has the name. */
    public static Optional<String> name() {
        for (var file : NAMES) {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException e) {
                // The next file may have the name.
            }
        }
        return Optional.empty();
    }
}
