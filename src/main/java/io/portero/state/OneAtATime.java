package io.portero.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the agent and commands from doing the same thing at once; the kernel lets go of a lock whose process ends. */
public final class OneAtATime {
    private static final Duration STEP = Duration.ofMillis(5);

    private OneAtATime() {}

    /** Something that can fail. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /** Does the work while nobody else holds the lock; the reason when somebody held it for too long. */
    public static Optional<String> in(Path lockFile, Duration patience, Work work) throws IOException {
        try (var channel = FileChannel.open(
                lockFile,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
            StateDirectory.adopt(lockFile);
            long end = System.nanoTime() + patience.toNanos();
            while (!isTaken(channel)) {
                if (System.nanoTime() - end > 0) {
                    return Optional.of("another process holds " + lockFile + "; try again");
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
            return lock != null; // and closing the channel gives it back
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
