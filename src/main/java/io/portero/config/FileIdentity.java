package io.portero.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The attributes that show whether a file has changed or was replaced, also behind links. */
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
