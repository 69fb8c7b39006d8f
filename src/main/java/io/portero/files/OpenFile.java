package io.portero.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that is open, with what the kernel says of the open file.
 *
 * <p>Whatever becomes of its name meanwhile, its owner, its mode and its content are those of one file. Java has no fstat, so
 * the file is found among the process's own descriptors in {@code /proc/self/fd}, which lead to the open file itself
 * (proc(5)).
 */
public final class OpenFile implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int PERMISSIONS = 07777;

    /** A hint, so that not all descriptors are looked at for each file. */
    private static volatile @Nullable Path lastFound;

    private final FileChannel channel;
    private final Path descriptor;
    private final Map<String, Object> attributes;

    private OpenFile(FileChannel channel, Path descriptor, Map<String, Object> attributes) {
        this.channel = channel;
        this.descriptor = descriptor;
        this.attributes = attributes;
    }

    /**
     * Opens a file for reading.
     *
     * @param real a path without links
     */
    public static OpenFile read(Path real) throws IOException {
        requireRegular(real, Files.readAttributes(real, "unix:mode", LinkOption.NOFOLLOW_LINKS)); // a pipe would block
        return of(FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), real);
    }

    /** A file that was opened under this name just now; closes it when it is no regular file. */
    static OpenFile of(FileChannel channel, Path real) throws IOException {
        try {
            var descriptor = descriptor(real);
            var attributes = Files.readAttributes(descriptor, "unix:uid,mode,nlink,size");
            requireRegular(real, attributes);
            return new OpenFile(channel, descriptor, attributes);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireRegular(Path file, Map<String, Object> attributes) throws IOException {
        int mode = attributes.get("mode") instanceof Integer m ? m : 0;
        FileKind.of(mode).requireRegular(file);
    }

    /**
     * Two descriptors with the same name are open for the same file: a name that was taken away is told as deleted.
     *
     * <p>The kernel gives the lowest free number (open(2)), which is that of the file before, as a rule.
     */
    private static Path descriptor(Path real) throws IOException {
        var before = lastFound;
        if (before != null && leadsTo(before, real)) {
            return before;
        }
        var found = search(real);
        lastFound = found;
        return found;
    }

    private static Path search(Path real) throws IOException {
        try (var descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (var descriptor : descriptors) {
                if (leadsTo(descriptor, real)) {
                    return descriptor;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        throw new IOException(real + " was moved or replaced while it was being opened");
    }

    private static boolean leadsTo(Path descriptor, Path real) {
        try {
            return Files.readSymbolicLink(descriptor).equals(real);
        } catch (IOException e) {
            return false; // closed meanwhile by another thread
        }
    }

    public FileChannel channel() {
        return channel;
    }

    public int uid() {
        return number("uid").intValue();
    }

    /** The permission bits, set-user-id, set-group-id and sticky included. */
    public int permissions() {
        return number("mode").intValue() & PERMISSIONS;
    }

    /** How many names it has. */
    public long names() {
        return number("nlink").longValue();
    }

    /** As it was when it was opened. */
    public long size() {
        return number("size").longValue();
    }

    private Number number(String attribute) {
        return attributes.get(attribute) instanceof Number number ? number : 0;
    }

    public String owner() throws IOException {
        return Files.getOwner(descriptor).getName();
    }

    /** Gives the open file away, whatever its name leads to by now. */
    void give(UserPrincipal owner) throws IOException {
        Files.setOwner(descriptor, owner);
    }

    /** Sets the mode of the open file, whatever the umask was when it was made. */
    public void permit(Set<PosixFilePermission> permissions) throws IOException {
        Files.setPosixFilePermissions(descriptor, permissions);
    }

    /** The content, and one byte more than the limit when there is more. */
    public byte[] content(int limit) throws IOException {
        return content(channel, limit);
    }

    static byte[] content(FileChannel channel, int limit) throws IOException {
        long size = Math.min(channel.size(), limit) + 1;
        var buffer = ByteBuffer.allocate((int) size);
        int position = 0;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                break;
            }
            position += read;
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Makes a file that did not exist, in a directory that others may write, and writes it. */
    public static void make(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        var name = file.getFileName();
        if (parent == null || name == null) {
            throw new NoSuchFileException(file.toString());
        }
        try (var directory = Directory.open(parent);
                var made = directory.create(name.toString())) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                made.channel().write(bytes);
            }
            made.permit(permissions);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
