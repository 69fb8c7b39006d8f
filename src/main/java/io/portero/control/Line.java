package io.portero.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One line of a conversation over a socket; at most 64 KiB. */
final class Line {
    private static final int MOST_BYTES = 64 * 1024;

    private Line() {}

    static String read(SocketChannel socket) throws IOException {
        var buffer = ByteBuffer.allocate(MOST_BYTES);
        while (buffer.hasRemaining() && socket.read(buffer) >= 0) {
            if (buffer.position() > 0 && buffer.get(buffer.position() - 1) == '\n') {
                return new String(buffer.array(), 0, buffer.position() - 1, StandardCharsets.UTF_8);
            }
        }
        throw new IOException("the other side ended in the middle of a line");
    }

    static void write(SocketChannel socket, String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }
}
