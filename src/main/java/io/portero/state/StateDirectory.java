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
 * The directory that survives a restart, or the one that survives until the next boot.
 *
 * <p>A file is there whole or in its former state, also after a crash: it is written beside, synchronised and renamed.
 * Nobody but the agent's user and group may read it, and no file in it is opened through a link. What cannot be written is
 * said by the result: enforcing a policy never waits for a disk.
 */
public class StateDirectory {
    /** More than any file of ours holds; whoever owns the directory could plant an endless one. */
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

    /** Opens it, made if need be. */
    Directory make() throws IOException {
        return Directory.make(directory);
    }

    Directory open() throws IOException {
        return Directory.open(directory);
    }

    /** Makes the directory if need be and replaces the file; the reason when that failed. */
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
            forget(open, temporary); // half a file is of no use, and may be what fills the disk
            throw e;
        }
        open.synchronise();
    }

    private static void forget(Directory open, String name) {
        try {
            open.delete(name);
        } catch (IOException e) {
            // The next write takes it away, or says why it cannot.
        }
    }

    /** One whose changes are left to a writer. */
    public static StateDirectory deferred(Path directory, DiskWriter writer) {
        return new DeferredDirectory(directory, writer);
    }

    /** Waits until what was written is on disk, for a bounded time; the reason when it is not. Here it is at once. */
    public Optional<String> settle(Duration atMost) {
        return Optional.empty();
    }

    /** The content, or nothing when there is none or it cannot be read. */
    public Optional<String> read(String name) {
        return bytes(name, MOST_BYTES).flatMap(StateDirectory::strictly);
    }

    /** The content whatever its bytes are, those that are no UTF-8 replaced; nothing when it is larger than that. */
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
            // It then says something that is no longer so, which whoever reads it must be ready for.
        }
    }

    /** What went wrong, as a clause. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> "no such file or directory";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
