package io.portero;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Named;

/** The seeds of the fuzz tests: files from the test resources, with the content of real files. */
public final class FuzzSeeds {
    private static final Path RESOURCES = Path.of("src/test/resources");

    private FuzzSeeds() {}

    /** All files below a folder of the test resources whose names end with one of these. */
    public static Stream<Named<byte[]>> of(String folder, String... endings) {
        Predicate<Path> wanted = file -> Stream.of(endings).anyMatch(file.toString()::endsWith);
        try (var files = Files.walk(RESOURCES.resolve(folder))) {
            return files
                    .filter(Files::isRegularFile)
                    .filter(wanted)
                    .sorted()
                    .map(f -> Named.of(f.getFileName().toString(), bytes(f)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Named<byte[]> text(String name, String text) {
        return Named.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] packed(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static byte[] joined(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (var part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
