package io.portero;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Keeps a second agent from starting on the same run directory; the kernel lets go of it when the process ends. */
final class InstanceLock implements AutoCloseable {
    private final FileChannel channel;

    private InstanceLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The lock, or nothing, the reason having been said. */
    static Optional<InstanceLock> take(Path runDirectory) {
        var file = runDirectory.resolve("portero.lock");
        try {
            Files.createDirectories(runDirectory);
            var channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
            if (channel.tryLock() == null) {
                System.err.println("portero: another agent runs already, with process id " + holder(channel)
                        + "; stop it first, or give this one another --run-dir");
                channel.close();
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return Optional.of(new InstanceLock(channel));
        } catch (IOException | OverlappingFileLockException e) {
            System.err.println("portero: " + file + " cannot be written (" + e.getMessage()
                    + "); run as root, or name another directory with --run-dir");
            return Optional.empty();
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(32);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
