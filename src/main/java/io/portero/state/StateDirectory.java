package io.portero.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The directory that survives a restart.
 *
 * <p>A file is there whole or in its former state, also after a crash: it is written beside, synchronised and renamed.
 * Nobody but the agent's user and group may read it. What cannot be written is said by the result: enforcing a policy
 * never waits for a disk.
 */
public class StateDirectory {
    private final Path directory;

    public StateDirectory(Path directory) {
        this.directory = directory;
    }

    public Path path(String name) {
        return directory.resolve(name);
    }

    /** Makes the directory if need be and replaces the file; the reason when that failed. */
    public Optional<String> write(String name, String content) {
        try {
            Files.createDirectories(directory);
            var temporary = path("." + name + ".new");
            writeSynchronised(temporary, content);
            adopt(temporary);
            Files.move(temporary, path(name), StandardCopyOption.ATOMIC_MOVE);
            synchroniseDirectory();
            return Optional.empty();
        } catch (IOException e) {
            delete("." + name + ".new"); // half a file is of no use, and may be what fills the disk
            return Optional.of("writing " + path(name) + " failed: " + reason(e));
        }
    }

    /** Whoever wrote it, it belongs to whom the directory belongs to: a command of root's leaves files that the agent reads. */
    static void adopt(Path file) {
        try {
            var directory = file.toAbsolutePath().getParent();
            if (directory != null && !Files.getOwner(file).equals(Files.getOwner(directory))) {
                Files.setOwner(file, Files.getOwner(directory));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // Only root may give files away; anybody else keeps his own.
        }
    }

    private static void writeSynchronised(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        try (var channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
            var bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private void synchroniseDirectory() throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
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
        try {
            return Optional.of(Files.readString(path(name)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The content whatever its bytes are, those that are no UTF-8 replaced; nothing when it is larger than that. */
    public Optional<String> readAnyway(String name, long largest) {
        try (var channel = FileChannel.open(path(name), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return channel.size() > largest
                    ? Optional.empty()
                    : Optional.of(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public void delete(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            // It then says something that is no longer so, which whoever reads it must be ready for.
        }
    }

    public static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file or directory" : String.valueOf(e.getMessage());
    }
}
