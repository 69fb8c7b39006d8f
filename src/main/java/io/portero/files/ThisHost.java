package io.portero.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What this host is called, without asking a resolver. */
public final class ThisHost {
    /** The second is for a service that may not see the first. */
    private static final List<Path> NAMES = List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"));

    private ThisHost() {}

    /** Nothing where no file says it. */
    public static Optional<String> name() {
        for (var file : NAMES) {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException e) {
                // The next one may say it.
            }
        }
        return Optional.empty();
    }
}
