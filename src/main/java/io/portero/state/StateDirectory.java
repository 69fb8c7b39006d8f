package io.portero.state;

import io.portero.files.Directory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The state directory, which survives reboots, or the run directory, which survives restarts until the next boot.
 *
 * <p>A file is either complete or in its old state, also after a crash: it is written under another name, synced and
 * renamed. Only the agent's user and group may read it, and no file in it is opened through a link. A failed write is a
 * result, not an exception: a policy is enforced also without a disk.
 */
public class StateDirectory {
    /** Larger than any file of ours; the owner of the directory could plant an endless file. */
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private final Path directory;
    private final Disk disk;

    public StateDirectory(Path directory) {
        this(directory, Disk.REAL);
    }

    StateDirectory(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
    }

    public Path path(String name) {
        return directory.resolve(name);
    }

    Disk disk() {
        return disk;
    }

    /** Opens it, and creates it if necessary. */
    Directory make() throws IOException {
        return Directory.make(directory);
    }

    Directory open() throws IOException {
        return Directory.open(directory);
    }

    /** Creates the directory if necessary and replaces the file; returns the reason if that failed. */
    public Optional<String> write(String name, String content) {
        try (var open = make()) {
            replace(open, name, content);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("writing " + path(name) + " failed: " + reason(e));
        }
    }

    private void replace(Directory open, String name, String content) throws IOException {
        var temporary = "." + name + ".new";
        try {
            open.delete(temporary);
            try (var file = open.create(temporary)) {
                disk.write(file.channel(), content.getBytes(StandardCharsets.UTF_8));
                disk.synchronise(file.channel());
            }
            disk.beforeRename();
            open.rename(temporary, name);
        } catch (IOException e) {
            forget(open, temporary); // an incomplete file is useless, and may be what fills the disk
            throw e;
        }
        open.synchronise();
    }

    private static void forget(Directory open, String name) {
        try {
            open.delete(name);
        } catch (IOException e) {
            // The next write removes it, or reports why it cannot.
        }
    }

    /** The directory with its changes queued at a writer. */
    public static StateDirectory deferred(Path directory, DiskWriter writer) {
        return new DeferredDirectory(directory, writer);
    }

    /**
     * Waits for a bounded time until all writes are on disk; returns the reason if they are not. Here they already are.
     */
    public Optional<String> settle(Duration atMost) {
        return Optional.empty();
    }

    /** The content; nothing if the file is missing or unreadable. */
    public Optional<String> read(String name) {
        return bytes(name, MOST_BYTES).flatMap(StateDirectory::strictly);
    }

    /** The content, with invalid UTF-8 replaced; nothing if it is larger than the limit. */
    public Optional<String> readAnyway(String name, long largest) {
        return bytes(name, (int) Math.min(largest, MOST_BYTES)).map(b -> new String(b, StandardCharsets.UTF_8));
    }

    private Optional<byte[]> bytes(String name, int largest) {
        try (var open = open();
                var file = open.read(name)) {
            var content = file.content(largest);
            return content.length > largest ? Optional.empty() : Optional.of(content);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> strictly(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    public void delete(String name) {
        try (var open = open()) {
            open.delete(name);
        } catch (IOException e) {
            // The file then stays outdated, and its readers must expect that.
        }
    }

    /** The failure, as a clause. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> "no such file or directory";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
