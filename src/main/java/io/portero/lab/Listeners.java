package io.portero.lab;

import io.portero.lab.Probe.Continued;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

/** Open ports that echo what they receive, over both address families. */
final class Listeners {
    private Listeners() {}

    /** What to do with an accepted connection. */
    private interface Conversation {
        void hold(Socket socket) throws IOException;
    }

    static Continued tcp(int port) throws IOException {
        return accepting(port, socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
    }

    /** Sends this number of bytes to each client. */
    static Continued tcpSending(int port, int bytes) throws IOException {
        return accepting(port, socket -> socket.getOutputStream().write(new byte[bytes]));
    }

    private static Continued accepting(int port, Conversation conversation) throws IOException {
        var server = ServerSocketChannel.open().bind(new InetSocketAddress(port), 512);
        Thread.ofVirtual().start(() -> {
            try (server) {
                while (server.isOpen()) {
                    var connection = server.accept();
                    Thread.ofVirtual().start(() -> converse(connection.socket(), conversation));
                }
            } catch (IOException e) {
                // It was closed, which is how it ends.
            }
        });
        return () -> {
            server.close();
            return "stopped";
        };
    }

    private static void converse(Socket socket, Conversation conversation) {
        try (socket) {
            conversation.hold(socket);
        } catch (IOException e) {
            // The peer is gone, so the conversation ends.
        }
    }

    static Continued udp(int port) throws IOException {
        var channel = DatagramChannel.open().bind(new InetSocketAddress(port));
        Thread.ofVirtual().start(() -> {
            var buffer = ByteBuffer.allocate(2048);
            try (channel) {
                while (channel.isOpen()) {
                    echo(channel, buffer.clear());
                }
            } catch (IOException e) {
                // It was closed, which is how it ends.
            }
        });
        return () -> {
            channel.close();
            return "stopped";
        };
    }

    private static void echo(DatagramChannel channel, ByteBuffer buffer) throws IOException {
        var sender = channel.receive(buffer);
        try {
            channel.send(buffer.flip(), sender);
        } catch (AsynchronousCloseException e) {
            throw e;
        } catch (IOException e) {
            // There is no route back to this sender; go on with the next datagram.
        }
    }
}
