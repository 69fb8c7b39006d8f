package io.portero.state;

import io.portero.files.Directory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock that keeps the agent and commands from doing the same work at once; the kernel releases it when its process
 * ends.
 */
public final class OneAtATime {
    private static final Duration STEP = Duration.ofMillis(5);

    private OneAtATime() {}

    /** Work that can fail. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Does the work under the lock; returns the reason if the lock was not free in time. */
    public static Optional<String> in(Path lockFile, Duration patience, Work work) throws IOException {
        var parent = lockFile.getParent();
        var name = lockFile.getFileName();
        if (parent == null || name == null) {
            throw new NoSuchFileException(lockFile.toString());
        }
        try (var directory = Directory.make(parent)) {
            return in(directory, name.toString(), patience, work);
        }
    }

    static Optional<String> in(Directory directory, String name, Duration patience, Work work) throws IOException {
        try (var file = directory.change(name)) {
            long end = System.nanoTime() + patience.toNanos();
            while (!isTaken(file.channel())) {
                if (System.nanoTime() - end > 0) {
                    return Optional.of(
                            "another process holds " + directory.path().resolve(name) + "; try again");
                }
                pause();
            }
            work.run();
            return Optional.empty();
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null; // closing the channel releases it
        } catch (OverlappingFileLockException e) {
            return false; // another thread of ours
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
