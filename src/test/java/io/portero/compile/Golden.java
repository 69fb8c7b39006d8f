package io.portero.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * One golden file: a policy, a separator, and the expected nft script or problems.
 *
 * <p>{@code -Dgolden.update=true} writes the current results into the files; then a person must read the difference.
 */
record Golden(Path file, String policy, String separator, String expected) {
    static final String SCRIPT = "# ==== the nft script ====\n";
    static final String PROBLEMS = "# ==== the problems ====\n";
    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    static Stream<Golden> all() throws IOException {
        try (var files = Files.list(DIRECTORY)) {
            return files.sorted().map(Golden::read).toList().stream();
        }
    }

    private static Golden read(Path file) {
        try {
            var text = Files.readString(file);
            var separator = text.contains(PROBLEMS) ? PROBLEMS : SCRIPT;
            int at = text.indexOf(separator);
            return at < 0
                    ? new Golden(file, text, SCRIPT, "")
                    : new Golden(file, text.substring(0, at), separator, text.substring(at + separator.length()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void update(String separator, String actual) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, policy + separator + actual);
        }
    }

    boolean isRefusal() {
        return separator.equals(PROBLEMS);
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
