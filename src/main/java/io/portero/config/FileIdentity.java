package io.portero.config;

import io.portero.files.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

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

    /**
     * Whether the file may be only the beginning of what somebody is writing into it: it is empty or ends within a line,
     * and was written last.
     */
    static boolean looksUnfinished(Path file) {
        try {
            return wasWrittenLast(file) && !endsALine(file.toRealPath());
        } catch (IOException e) {
            return false; // the reader reports it
        }
    }

    /**
     * Whether the last change was a write or the creation of the file, and not a rename or a new mode, which whoever
     * writes a file makes at the end.
     */
    static boolean wasWrittenLast(Path file) {
        try {
            var times = Files.readAttributes(file, "unix:ctime,lastModifiedTime");
            return Objects.equals(times.get("ctime"), times.get("lastModifiedTime"));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean endsALine(Path real) throws IOException {
        try (var open = OpenFile.read(real)) {
            var last = ByteBuffer.allocate(1);
            return open.size() > 0 && open.channel().read(last, open.size() - 1) == 1 && last.get(0) == '\n';
        }
    }
}
