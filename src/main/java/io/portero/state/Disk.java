package io.portero.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** How bytes get to the disk; a test cuts it short at every byte. */
interface Disk {
    Disk REAL = new Disk() {};

    default void write(FileChannel file, byte[] content) throws IOException {
        var bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    default void synchronise(FileChannel file) throws IOException {
        file.force(true);
    }

    /** Is told that a file is whole and about to take the place of the one before. */
    default void beforeRename() {}
}
