package io.portero.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What tells whether a file, by whatever links it is reached, has become another. */
final class FileIdentity {
    private static final List<String> ATTRIBUTES = List.of("ctime", "ino", "lastModifiedTime", "mode", "size", "uid");

    private FileIdentity() {}

    static String of(Path file) {
        try {
            var attributes = Files.readAttributes(file, "unix:" + String.join(",", ATTRIBUTES));
            var text = new StringBuilder();
            ATTRIBUTES.forEach(name -> text.append(attributes.get(name)).append(' '));
            return text.toString();
        } catch (IOException e) {
            return "absent";
        }
    }
}
