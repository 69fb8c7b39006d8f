package io.portero.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells as which user this process acts. */
public final class Uid {
    public static final int ROOT = 0;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "Uid:";
    /** Real, effective, saved, file system: the second of the four. */
    private static final int EFFECTIVE = 2;

    private Uid() {}

    /** The effective user id; the owner of {@code /proc/self} would be root for a process that may not be dumped. */
    public static int ofThisProcess() throws IOException {
        for (var line : Files.readAllLines(STATUS)) {
            if (line.startsWith(LINE)) {
                return Integer.parseInt(line.split("\\s+")[EFFECTIVE]);
            }
        }
        throw new IOException(STATUS + " names no user");
    }

    /** Root and the user of this process: those whom its files may belong to. */
    public static Set<Integer> trusted() throws IOException {
        int own = ofThisProcess();
        return own == ROOT ? Set.of(ROOT) : Set.of(ROOT, own);
    }
}
