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
 * An open directory, which may belong to a less trusted user than the one of this process.
 *
 * <p>A name is looked up in the directory that was opened (openat(2)), wherever its path leads by now, and is never followed
 * when it is a link. A file that is made here belongs to whom the directory belongs to: root's commands leave files that the
 * agent reads. A file that is written where it stands must have no second name, for it could be another user's.
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

    /** Makes it first, and the directories above it, when there is none. */
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

    /** mkdir(2) does not follow a link that leads nowhere, and says only that something is in the way. */
    private void requireNoLink(Path name) throws IOException {
        try {
            attributes(name);
        } catch (NoSuchFileException e) {
            return;
        }
        throw new FileSystemException(real.resolve(name).toString(), null, "it is a broken link");
    }

    @SuppressWarnings({"resource", "StreamResourceLeak"}) // whoever opens it closes it
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

    /** Where it was when it was opened. */
    public Path path() {
        return real;
    }

    /** Opens a regular file for reading. */
    public OpenFile read(String name) throws IOException {
        return existing(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Makes a file where there is nothing. */
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

    /** Only root may give files away; anybody else keeps his own. */
    private void adopt(OpenFile file) throws IOException {
        if (Uid.ofThisProcess() == Uid.ROOT && !owner.getName().equals(file.owner())) {
            file.give(owner);
        }
    }

    /** Opens a file for reading and for writing where it stands, and makes it when there is none. */
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

    /** How long a regular file is; none when there is none. */
    public Optional<Long> size(String name) throws IOException {
        try {
            requireRegular(name);
            return Optional.of(attributes(Path.of(name)).size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether anything has this name, a link that leads nowhere included. */
    public boolean has(String name) {
        try {
            attributes(Path.of(name));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes a name away; a link goes, and not what it leads to. */
    public void delete(String name) throws IOException {
        try {
            if (attributes(Path.of(name)).isDirectory()) {
                stream.deleteDirectory(Path.of(name));
            } else {
                stream.deleteFile(Path.of(name));
            }
        } catch (NoSuchFileException e) {
            // As it should be.
        }
    }

    /** Gives a file another name, in place of what had that name, in one step. */
    public void rename(String from, String to) throws IOException {
        stream.move(Path.of(from), stream, Path.of(to));
    }

    /** Waits until its names are on the disk. */
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
