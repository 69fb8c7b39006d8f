package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary directory of a command, removed at its end. */
record WorkDirectory(Path path) implements AutoCloseable {

    static WorkDirectory make() throws Refusal {
        try {
            return new WorkDirectory(Files.createTempDirectory("portero-fleet"));
        } catch (IOException e) {
            throw new Refusal(Kind.LAYER, "no temporary directory can be created: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            // A leftover stays in the system's directory for temporary files.
        }
    }
}
