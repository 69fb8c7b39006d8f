package io.portero.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

/**
 * An open directory, which may belong to a user who is less trusted than the user of this process.
 *
 * <p>Names are looked up in the directory that was opened (openat(2)), even if its path now leads elsewhere. Links are
 * never followed. A new file gets the owner of the directory, so that the agent can read files that root's commands
 * leave. A file that is written in place must have a single hard link: a second one could be the file of another user.
 */
public final class Directory implements AutoCloseable {
    private static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final Path real;
    private final SecureDirectoryStream<Path> stream;
    private final UserPrincipal owner;

    private Directory(Path real, SecureDirectoryStream<Path> stream, UserPrincipal owner) {
        this.real = real;
        this.stream = stream;
        this.owner = owner;
    }

    /** Creates the directory and its parents first if they do not exist. */
    public static Directory make(Path path) throws IOException {
        try {
            return open(path);
        } catch (NoSuchFileException e) {
            var parent = path.toAbsolutePath().getParent();
            if (parent == null) {
                throw e;
            }
            try (var above = make(parent)) {
                above.requireNoLink(path.getFileName());
                Files.createDirectory(above.real.resolve(path.getFileName()));
            }
            return open(path);
        }
    }

    /** mkdir(2) does not follow a dangling link, and reports only that the name exists. */
    private void requireNoLink(Path name) throws IOException {
        try {
            attributes(name);
        } catch (NoSuchFileException e) {
            return;
        }
        throw new FileSystemException(real.resolve(name).toString(), null, "it is a broken link");
    }

    @SuppressWarnings({"resource", "StreamResourceLeak"}) // the caller closes it
    public static Directory open(Path path) throws IOException {
        var way = SafePath.links(path, Uid.trusted());
        if (way.objection().isPresent()) {
            throw new FileSystemException(path.toString(), null, way.objection().get());
        }
        var before = Files.readAttributes(way.real(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!before.isDirectory()) {
            throw new NotDirectoryException(path.toString());
        }
        var opened = Files.newDirectoryStream(way.real());
        if (opened instanceof SecureDirectoryStream<Path> secure) {
            var now = secure.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
            if (now.fileKey().equals(before.fileKey())) {
                return new Directory(way.real(), secure, now.owner());
            }
        }
        opened.close();
        throw new FileSystemException(path.toString(), null, "it was replaced while it was being opened");
    }

    /** Its path at the time when it was opened. */
    public Path path() {
        return real;
    }

    /** Opens a regular file for reading. */
    public OpenFile read(String name) throws IOException {
        return existing(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Creates a file; the name must not exist yet. */
    public OpenFile create(String name) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var file = OpenFile.of(file(stream.newByteChannel(Path.of(name), options, OURS_ALONE)), real.resolve(name));
        try {
            adopt(file);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Only root may change the owner of a file. */
    private void adopt(OpenFile file) throws IOException {
        if (Uid.ofThisProcess() == Uid.ROOT && !owner.getName().equals(file.owner())) {
            file.give(owner);
        }
    }

    /** Opens a file for reading and for writing in place, and creates it if it does not exist. */
    public OpenFile change(String name) throws IOException {
        var options = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            var file = existing(name, options);
            if (file.names() > 1) {
                file.close();
                throw new FileSystemException(
                        real.resolve(name).toString(), null, "it has a second hard link; move it away");
            }
            return file;
        } catch (NoSuchFileException e) {
            return create(name);
        }
    }

    private OpenFile existing(String name, Set<? extends OpenOption> options) throws IOException {
        requireRegular(name);
        return OpenFile.of(file(stream.newByteChannel(Path.of(name), options)), real.resolve(name));
    }

    private void requireRegular(String name) throws IOException {
        var attributes = attributes(Path.of(name));
        var kind = attributes.isRegularFile()
                ? FileKind.REGULAR
                : attributes.isDirectory()
                        ? FileKind.DIRECTORY
                        : attributes.isSymbolicLink() ? FileKind.LINK : FileKind.SPECIAL;
        kind.requireRegular(real.resolve(name));
    }

    private PosixFileAttributes attributes(Path name) throws IOException {
        return stream.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static FileChannel file(SeekableByteChannel channel) throws IOException {
        if (channel instanceof FileChannel file) {
            return file;
        }
        channel.close();
        throw new IOException("a file that is opened in a directory is no file channel");
    }

    /** The length of a regular file; empty if there is none. */
    public Optional<Long> size(String name) throws IOException {
        try {
            requireRegular(name);
            return Optional.of(attributes(Path.of(name)).size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether anything has this name; a dangling link counts. */
    public boolean has(String name) {
        try {
            attributes(Path.of(name));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Removes a name; of a link it removes the link, not its target. */
    public void delete(String name) throws IOException {
        try {
            if (attributes(Path.of(name)).isDirectory()) {
                stream.deleteDirectory(Path.of(name));
            } else {
                stream.deleteFile(Path.of(name));
            }
        } catch (NoSuchFileException e) {
            // The name is gone, as wanted.
        }
    }

    /** Renames a file atomically; replaces a file that had the new name. */
    public void rename(String from, String to) throws IOException {
        stream.move(Path.of(from), stream, Path.of(to));
    }

    /** Waits until the entries of the directory are on the disk. */
    public void synchronise() throws IOException {
        try (var channel = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
