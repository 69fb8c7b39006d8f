package io.portero.state;

import io.portero.files.Directory;
import io.portero.files.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Keeps a second agent from starting on the same run directory, and tells commands whether an agent runs.
 *
 * <p>The kernel releases the lock when the process ends in any way, so a reused process id cannot mislead. The holder
 * writes its process id into the file, for people.
 */
public final class InstanceLock implements AutoCloseable {
    public static final String NAME = "portero.lock";

    /** A command that checks holds the lock for a moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration STEP = Duration.ofMillis(20);
    private static final int LONGEST_PID = 32;

    private final OpenFile file;

    private InstanceLock(OpenFile file) {
        this.file = file;
    }

    /** The result of a try to lock. */
    public sealed interface Taking {
        record Taken(InstanceLock lock) implements Taking {}

        /** @param why one sentence that says what to do */
        record Refused(String why) implements Taking {}
    }

    /** The state of the lock. */
    public sealed interface Holder {
        /** @param pid the process id that the agent wrote, as text */
        record Agent(String pid) implements Holder {}

        record Nobody() implements Holder {}

        /** @param why one sentence that says what to do */
        record Unknown(String why) implements Holder {}
    }

    /** The lock, for as long as the agent runs. */
    public static Taking take(Path runDirectory) {
        try (var directory = Directory.make(runDirectory)) {
            var file = directory.change(NAME);
            if (!isTaken(file.channel())) {
                var holder = pid(file.channel());
                file.close();
                return new Taking.Refused("another agent is already running, with process id " + holder
                        + "; stop it first, or use another --run-dir");
            }
            file.channel().truncate(0);
            file.channel()
                    .write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new Taking.Taken(new InstanceLock(file));
        } catch (IOException e) {
            return new Taking.Refused(runDirectory.resolve(NAME) + " cannot be written (" + StateDirectory.reason(e)
                    + "); run as root, or name another directory with --run-dir");
        }
    }

    /** Returns the holder; does not change the lock. */
    public static Holder holder(Path runDirectory) {
        try (var directory = Directory.open(runDirectory);
                var file = directory.read(NAME)) {
            return isHeld(file.channel()) ? new Holder.Agent(pid(file.channel())) : new Holder.Nobody();
        } catch (NoSuchFileException e) {
            return new Holder.Nobody();
        } catch (IOException e) {
            return new Holder.Unknown("it is unknown whether an agent runs, because " + runDirectory.resolve(NAME)
                    + " cannot be read (" + StateDirectory.reason(e) + "); run as root, or create"
                    + " " + runDirectory + " again");
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (isHeldByAnother(channel, false)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pause();
        }
        return true;
    }

    /**
     * A shared lock is refused while another process has an exclusive one, and works on a file that is open for
     * reading.
     */
    private static boolean isHeld(FileChannel channel) throws IOException {
        return isHeldByAnother(channel, true);
    }

    private static boolean isHeldByAnother(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) == null; // closing the channel releases it
        } catch (OverlappingFileLockException e) {
            return true; // this process holds it
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

    private static String pid(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(LONGEST_PID);
        channel.read(buffer, 0);
        var text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
        return text.matches("[0-9]+") ? text : "unknown";
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
