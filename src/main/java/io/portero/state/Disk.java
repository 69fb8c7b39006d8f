package io.portero.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The port for bytes to the disk; a test interrupts it at every byte. */
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

    /** Called when a file is complete and about to replace the old one. */
    default void beforeRename() {}
}
