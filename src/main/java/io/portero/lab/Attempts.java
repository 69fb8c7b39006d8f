package io.portero.lab;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Single attempts to reach something, each with a time limit. */
final class Attempts {
    private static final int RESEND_MILLIS = 250;

    private Attempts() {}

    static ProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    /** Connects and resets, so that no state stays at either end. */
    static Reach tcp(@Nullable InetSocketAddress from, InetSocketAddress to, int millis) throws IOException {
        try (var channel = SocketChannel.open(family(to))) {
            channel.bind(from);
            channel.socket().connect(to, millis);
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            return Reach.OPEN;
        } catch (ConnectException e) {
            return Reach.REFUSED;
        } catch (SocketTimeoutException e) {
            return Reach.SILENT;
        }
    }

    /** Sends a datagram, and repeats it until an answer comes. */
    static Reach udp(@Nullable InetSocketAddress from, InetSocketAddress to, int millis) throws IOException {
        try (var channel = DatagramChannel.open(family(to))) {
            channel.bind(from).connect(to);
            long end = System.nanoTime() + millis * 1_000_000L;
            for (int left = millis; left > 0; left = (int) ((end - System.nanoTime()) / 1_000_000)) {
                channel.write(ByteBuffer.wrap(new byte[] {'p'}));
                channel.socket().setSoTimeout(Math.min(left, RESEND_MILLIS));
                try {
                    channel.socket().receive(new java.net.DatagramPacket(new byte[16], 16));
                    return Reach.OPEN;
                } catch (SocketTimeoutException e) {
                    // Send again while there is time.
                }
            }
            return Reach.SILENT;
        } catch (PortUnreachableException e) {
            return Reach.REFUSED;
        }
    }

    /** Sends one SYN and does not wait for an answer. */
    static String syn(@Nullable InetSocketAddress from, InetSocketAddress to) throws IOException {
        try (var channel = SocketChannel.open(family(to))) {
            channel.bind(from);
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.configureBlocking(false);
            boolean connected = channel.connect(to);
            return connected ? "connected" : "sent";
        } catch (ConnectException e) {
            return "sent";
        }
    }

    /** Sends a datagram that nobody needs to answer. */
    static String datagram(@Nullable InetSocketAddress from, InetSocketAddress to, byte[] payload) throws IOException {
        try (var channel = DatagramChannel.open(family(to))) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
            channel.bind(from);
            channel.send(ByteBuffer.wrap(payload), to);
            return "sent";
        }
    }

    /** Sends an echo request; needs a raw socket, which root may open in its own namespace. */
    static Reach ping(String to, int millis) throws IOException {
        return InetAddress.ofLiteral(to).isReachable(millis) ? Reach.OPEN : Reach.SILENT;
    }

    /** The status and the whole answer to a GET in Base64, or that nothing came. */
    static String get(@Nullable InetSocketAddress from, InetSocketAddress to, String path, int millis)
            throws IOException {
        try (var socket = connected(from, to, millis)) {
            var request = "GET " + path + " HTTP/1.1\r\nHost: portero\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = socket.getInputStream().readAllBytes();
            return "answer " + Base64.getEncoder().encodeToString(answer);
        } catch (ConnectException e) {
            return Reach.REFUSED.name();
        } catch (SocketTimeoutException e) {
            return Reach.SILENT.name();
        }
    }

    /** Connects and counts the received bytes, up to a limit. */
    static String receive(@Nullable InetSocketAddress from, InetSocketAddress to, int bytes, int millis)
            throws IOException {
        int received = 0;
        try (var socket = connected(from, to, millis)) {
            var input = socket.getInputStream();
            var buffer = new byte[65536];
            for (int n = input.read(buffer); n >= 0 && received < bytes; n = input.read(buffer)) {
                received += n;
            }
        } catch (SocketTimeoutException e) {
            // The bytes received so far are the answer.
        }
        return "received " + received;
    }

    private static Socket connected(@Nullable InetSocketAddress from, InetSocketAddress to, int millis)
            throws IOException {
        var channel = SocketChannel.open(family(to));
        try {
            channel.bind(from);
            channel.socket().connect(to, millis);
            channel.socket().setSoTimeout(millis);
            return channel.socket();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
