package io.portero.telephony;

import java.util.List;
import java.util.Optional;

/** The port to the files of a program, by the paths that the program itself would use. */
public interface ConfigFiles {

    /** Nothing if the file is missing, unreadable or far too large. */
    Optional<String> text(String path);

    /**
     * The files of a directory, sorted.
     *
     * @param path absolute; {@code *} stands for anything in the last part
     */
    List<String> matching(String path);
}
