package io.portero.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The type of a file, as the kernel names it (inode(7)). */
enum FileKind {
    REGULAR("a regular file"),
    DIRECTORY("a directory"),
    LINK("a link"),
    SPECIAL("a special file");

    private static final int KIND = 0170000;

    private final String words;

    FileKind(String words) {
        this.words = words;
    }

    static FileKind of(int mode) {
        return switch (mode & KIND) {
            case 0100000 -> REGULAR;
            case 0040000 -> DIRECTORY;
            case 0120000 -> LINK;
            default -> SPECIAL;
        };
    }

    String words() {
        return words;
    }

    /** Opening a pipe would block, and a link would lead elsewhere. */
    void requireRegular(Path file) throws IOException {
        if (this != REGULAR) {
            throw new NotRegular(file, this);
        }
    }

    /** Thrown when a name that should be a regular file is something else. */
    static final class NotRegular extends FileSystemException {
        private static final long serialVersionUID = 1;

        private final FileKind kind;

        NotRegular(Path file, FileKind kind) {
            super(file.toString(), null, "it is " + kind.words() + " and not a regular file");
            this.kind = kind;
        }

        FileKind kind() {
            return kind;
        }
    }
}
