package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory of a command's own, which is gone after it. */
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
            // What stays is in the directory for what may go.
        }
    }
}
