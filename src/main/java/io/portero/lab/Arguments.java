package io.portero.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of one request to a {@link Probe}. */
record Arguments(List<String> words) {

    String word(int index) {
        return words.get(index);
    }

    int number(int index) {
        return Integer.parseInt(word(index));
    }

    int millis(int index) {
        return number(index);
    }

    /** Bytes in hexadecimal. */
    byte[] bytes(int index) {
        return HexFormat.of().parseHex(word(index));
    }

    /** The source: {@code -}, {@code ADDRESS} or {@code ADDRESS,PORT}; null lets the kernel choose. */
    @Nullable
    InetSocketAddress from(int index) {
        var word = word(index);
        if (word.equals("-")) {
            return null;
        }
        int comma = word.indexOf(',');
        return comma < 0
                ? new InetSocketAddress(InetAddress.ofLiteral(word), 0)
                : new InetSocketAddress(
                        InetAddress.ofLiteral(word.substring(0, comma)), Integer.parseInt(word.substring(comma + 1)));
    }

    /** The destination: an address, then a port in the next word. */
    InetSocketAddress to(int index) {
        return new InetSocketAddress(InetAddress.ofLiteral(word(index)), number(index + 1));
    }
}
