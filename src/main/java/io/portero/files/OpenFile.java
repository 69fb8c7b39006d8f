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
 * An open regular file, with its owner, mode and content as the kernel reports them.
 *
 * <p>All of them belong to one file, even if its name is replaced meanwhile. Java has no fstat, so the file is found
 * among the descriptors of this process in {@code /proc/self/fd}, which lead to the open file itself (proc(5)).
 */
public final class OpenFile implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int PERMISSIONS = 07777;

    /** A hint that avoids a look at all descriptors for each file. */
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
        requireRegular(
                real, Files.readAttributes(real, "unix:mode", LinkOption.NOFOLLOW_LINKS)); // opening a pipe would block
        return of(FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), real);
    }

    /** Takes a file that was just opened under this name; closes it if it is not a regular file. */
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
     * Two descriptors with the same path have the same file open: the kernel marks the path of a removed file as
     * deleted.
     *
     * <p>The kernel gives the lowest free number (open(2)), which usually is the number that the last file had.
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
            return false; // another thread closed it meanwhile
        }
    }

    public FileChannel channel() {
        return channel;
    }

    public int uid() {
        return number("uid").intValue();
    }

    /** The permission bits, including set-user-id, set-group-id and sticky. */
    public int permissions() {
        return number("mode").intValue() & PERMISSIONS;
    }

    /** The number of its hard links. */
    public long names() {
        return number("nlink").longValue();
    }

    /** Its size at the time when it was opened. */
    public long size() {
        return number("size").longValue();
    }

    private Number number(String attribute) {
        return attributes.get(attribute) instanceof Number number ? number : 0;
    }

    public String owner() throws IOException {
        return Files.getOwner(descriptor).getName();
    }

    /** Changes the owner of the open file, even if its name now leads elsewhere. */
    void give(UserPrincipal owner) throws IOException {
        Files.setOwner(descriptor, owner);
    }

    /** Sets the mode of the open file, independent of the umask. */
    public void permit(Set<PosixFilePermission> permissions) throws IOException {
        Files.setPosixFilePermissions(descriptor, permissions);
    }

    /** The content up to the limit; if there is more, one byte more than the limit. */
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

    /** Creates a file in a directory that others may write to, and writes it; the file must not exist yet. */
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
