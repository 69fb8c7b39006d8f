package io.portero.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells which user this process acts as. */
public final class Uid {
    public static final int ROOT = 0;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "Uid:";
    /** The line has the real, effective, saved and file system id: the second one is needed. */
    private static final int EFFECTIVE = 2;

    private Uid() {}

    /**
     * The effective user id. It is not taken from the owner of {@code /proc/self}, which is root for a process that is
     * not dumpable.
     */
    public static int ofThisProcess() throws IOException {
        for (var line : Files.readAllLines(STATUS)) {
            if (line.startsWith(LINE)) {
                return Integer.parseInt(line.split("\\s+")[EFFECTIVE]);
            }
        }
        throw new IOException(STATUS + " names no user");
    }

    /** The users who may own files of this process: root and its own user. */
    public static Set<Integer> trusted() throws IOException {
        int own = ofThisProcess();
        return own == ROOT ? Set.of(ROOT) : Set.of(ROOT, own);
    }
}
