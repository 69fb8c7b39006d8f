package io.portero.host;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.stream.Stream;

/**
 * Reads {@code /proc/net/tcp}, {@code udp} and the same for IPv6, as described in proc_net(5).
 *
 * <p>Addresses are hexadecimal words of 32 bits in the byte order of the machine, ports are plain hexadecimal.
 */
final class SocketTable {
    private static final int ESTABLISHED = 0x01;
    /** A UDP socket that is not connected to anybody. */
    private static final int CLOSE = 0x07;

    private static final int LISTEN = 0x0A;
    /** The states that matter; there are more. */
    private static final int FIELDS = 10;

    private static final int SYN_SENT = 0x02;
    private static final int SYN_RECEIVED = 0x03;
    private static final int NEW_SYN_RECEIVED = 0x0C;

    private SocketTable() {}

    /** One socket; IPv4-mapped IPv6 addresses become IPv4 addresses. */
    record Socket(Ip local, int localPort, Ip peer, int peerPort, int state, long inode) {
        boolean isListening() {
            return state == LISTEN;
        }

        /** Whether a UDP socket takes packets from anybody. */
        boolean isUnconnected() {
            return state == CLOSE && peerPort == 0 && localPort != 0;
        }

        /** Whether it has a connection with another host. */
        boolean isRemote() {
            return isEstablished() && !peer.isLoopback() && !peer.equals(local);
        }

        boolean isEstablished() {
            return state == ESTABLISHED;
        }

        /** Whether the handshake was completed, however long ago the session ended. */
        boolean isSession() {
            return !isListening() && state != SYN_SENT && state != SYN_RECEIVED && state != NEW_SYN_RECEIVED;
        }
    }

    /** What tables such as {@code tcp} and {@code udp6} of this network namespace hold. */
    static Stream<Socket> of(Path proc, String... tables) {
        return Stream.of(tables)
                .flatMap(name -> parse(ProcFiles.lines(proc.resolve("net").resolve(name))).stream());
    }

    static List<Socket> parse(List<String> lines) {
        var sockets = new ArrayList<Socket>();
        for (var line : lines) {
            socket(words(line)).ifPresent(sockets::add);
        }
        return sockets;
    }

    /** With thousands of lines a regular expression would take most of the time. */
    private static String[] words(String line) {
        var words = new StringTokenizer(line);
        var fields = new String[Math.min(FIELDS, words.countTokens())];
        Arrays.setAll(fields, i -> words.nextToken());
        return fields;
    }

    private static Optional<Socket> socket(String[] fields) {
        if (fields.length < FIELDS || !fields[0].endsWith(":")) {
            return Optional.empty(); // the heading
        }
        var local = fields[1].split(":");
        var remote = fields[2].split(":");
        return Optional.of(new Socket(
                address(local[0]),
                HexFormat.fromHexDigits(local[1]),
                address(remote[0]),
                HexFormat.fromHexDigits(remote[1]),
                HexFormat.fromHexDigits(fields[3]),
                Long.parseLong(fields[9])));
    }

    private static Ip address(String hex) {
        if (hex.length() == 8) {
            return new Ip(Family.V4, 0, word(hex, 0));
        }
        long high = word(hex, 0) << 32 | word(hex, 8);
        long low = word(hex, 16) << 32 | word(hex, 24);
        boolean mapped = high == 0 && low >>> 32 == 0xffffL;
        return mapped ? new Ip(Family.V4, 0, low & 0xffff_ffffL) : new Ip(Family.V6, high, low);
    }

    /** All supported machines are little-endian. */
    private static long word(String hex, int at) {
        return Integer.reverseBytes(HexFormat.fromHexDigits(hex, at, at + 8)) & 0xffff_ffffL;
    }
}
