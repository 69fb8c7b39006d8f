package io.portero.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Recognizes text files that somebody may still be writing.
 *
 * <p>{@code sftp} empties a file when it opens it and writes later; over a slow line the parts are far apart. Only the
 * kernel knows who has a file open for writing, and tells it only to the file's owner. So this is a guess.
 */
public final class Unfinished {
    /** After this time without a change the file is taken as it is. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    private Unfinished() {}

    /** Whether it is empty or ends within a line, and was written last. */
    public static boolean looksSo(Path file) {
        try {
            return wasWrittenLast(file) && !endsALine(file.toRealPath());
        } catch (IOException e) {
            return false; // the reader reports it
        }
    }

    /** Whether it looks so, and has changed only a moment ago. */
    public static boolean isLikely(Path file, Instant now) {
        try {
            return Files.getAttribute(file, "unix:ctime") instanceof FileTime changed
                    && Duration.between(changed.toInstant(), now).abs().compareTo(PATIENCE) < 0
                    && looksSo(file);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether the last change was a write or the creation of the file, and not a rename or a new mode, which a writer
     * makes at the end.
     */
    public static boolean wasWrittenLast(Path file) {
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
