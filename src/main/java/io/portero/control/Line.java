package io.portero.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One line of a conversation on the socket: at most 8 MiB, enough for 100,000 bans. */
final class Line {
    private static final int MOST_BYTES = 8 << 20;
    private static final int FIRST_BYTES = 8 * 1024;

    private Line() {}

    static String read(SocketChannel socket) throws IOException {
        var buffer = ByteBuffer.allocate(FIRST_BYTES);
        while (socket.read(buffer) >= 0) {
            if (buffer.position() > 0 && buffer.get(buffer.position() - 1) == '\n') {
                return new String(buffer.array(), 0, buffer.position() - 1, StandardCharsets.UTF_8);
            }
            if (!buffer.hasRemaining()) {
                buffer = larger(buffer);
            }
        }
        throw new IOException("the other side closed the connection in the middle of a line");
    }

    private static ByteBuffer larger(ByteBuffer full) throws IOException {
        if (full.capacity() >= MOST_BYTES) {
            throw new IOException("a line is longer than " + MOST_BYTES + " bytes");
        }
        return ByteBuffer.allocate(2 * full.capacity()).put(full.flip());
    }

    static void write(SocketChannel socket, String line) throws IOException {
        var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }
}
