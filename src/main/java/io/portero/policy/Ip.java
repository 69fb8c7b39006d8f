package io.portero.policy;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One IPv4 or IPv6 address as an unsigned number of 128 bits.
 *
 * <p>IPv4 comes before IPv6 in order. An IPv4 address has {@code high == 0} and {@code low < 2^32}. IPv6 text is printed
 * as RFC 5952 asks.
 */
public record Ip(Family family, long high, long low) implements Comparable<Ip> {
    private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    static final String MAPPED = "it is an IPv4-mapped IPv6 address, which no packet on the network has; ";

    public Ip {
        if (family == Family.V4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    /** Thrown for text that is no address; the message is a clause that says why, without the text itself. */
    public static final class NotAnAddress extends Exception {
        NotAnAddress(String why) {
            super(why, null, false, false);
        }
    }

    /** True for text that can only have been meant as an address, right or wrong. */
    public static boolean looksLikeOne(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '.' && !isDigit(text.charAt(i))) {
                return text.indexOf(':') >= 0;
            }
        }
        return true;
    }

    public static Ip parse(String text) throws NotAnAddress {
        if (text.indexOf('%') >= 0) {
            throw new NotAnAddress("a zone id is not allowed in a policy; remove the % sign and what follows it");
        }
        return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
    }

    /** Without a pattern: a list may hold 100,000 of them. */
    private static Ip parseV4(String text) throws NotAnAddress {
        var wrong = "";
        long value = 0;
        int at = 0;
        for (int part = 1; part <= 4; part++) {
            int start = at;
            int number = 0;
            while (at < text.length() && at < start + 3 && isDigit(text.charAt(at))) {
                number = 10 * number + text.charAt(at++) - '0';
            }
            boolean ends = part < 4 ? at < text.length() && text.charAt(at) == '.' : at == text.length();
            if (at == start || !ends) {
                throw new NotAnAddress("an IPv4 address has four numbers from 0 to 255, such as 192.0.2.10");
            }
            if (wrong.isEmpty() && at > start + 1 && text.charAt(start) == '0') {
                wrong = "a number with a leading zero could be octal; write it without the zero";
            } else if (wrong.isEmpty() && number > 255) {
                wrong = number + " is above 255";
            }
            value = value << 8 | number;
            at++;
        }
        if (!wrong.isEmpty()) {
            throw new NotAnAddress(wrong);
        }
        return new Ip(Family.V4, 0, value);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The IPv4 address that an IPv6 address is only another way to write; nothing for all other text. */
    static Optional<Ip> mapped(String text) {
        try {
            return text.indexOf(':') >= 0
                            && COLONS.matcher(text).matches()
                            && Inet6Address.ofLiteral(text) instanceof Inet4Address mapped
                    ? Optional.of(of(mapped))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Ip parseV6(String text) throws NotAnAddress {
        if (!COLONS.matcher(text).matches()) {
            throw new NotAnAddress("an IPv6 address has only hexadecimal digits and colons, such as 2001:db8::7");
        }
        InetAddress address;
        try {
            address = Inet6Address.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new NotAnAddress("it is not a complete IPv6 address, such as 2001:db8::7");
        }
        if (address instanceof Inet4Address mapped) {
            throw new NotAnAddress(MAPPED + "write " + of(mapped));
        }
        return of(address);
    }

    public static Ip of(InetAddress address) {
        var bytes = address.getAddress();
        return bytes.length == 4
                ? new Ip(Family.V4, 0, number(bytes, 0, 4))
                : new Ip(Family.V6, number(bytes, 0, 8), number(bytes, 8, 16));
    }

    private static long number(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    static Ip lowest(Family family) {
        return new Ip(family, 0, 0);
    }

    static Ip highest(Family family) {
        return family == Family.V4 ? new Ip(family, 0, 0xffff_ffffL) : new Ip(family, -1, -1);
    }

    /** 127.0.0.0/8 (RFC 1122) and ::1 (RFC 4291): never on a wire. */
    public boolean isLoopback() {
        return family == Family.V4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** Whether it is routed on the Internet, those for documentation taken for it: RFC 1918, 3927, 4193, 4291, 6598. */
    public boolean isPublic() {
        if (isLoopback() || isUnspecified()) {
            return false;
        }
        if (family == Family.V6) {
            return high >>> 57 != 0xfcL >>> 1 && high >>> 54 != 0xfe80L >>> 6;
        }
        return low >>> 24 != 10
                && low >>> 20 != 0xac1
                && low >>> 16 != 0xc0a8
                && low >>> 22 != 0x191
                && low >>> 16 != 0xa9fe;
    }

    /** 0.0.0.0 and ::, which sockets take for all addresses. */
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    public boolean isHighest() {
        return equals(highest(family));
    }

    /** The next address; meaningless for the highest. */
    public Ip next() {
        return new Ip(family, low == -1 ? high + 1 : high, low + 1);
    }

    /** The address before; meaningless for the lowest. */
    public Ip previous() {
        return new Ip(family, low == 0 ? high - 1 : high, low - 1);
    }

    /** The first address of the network of this prefix length that this address lies in. */
    Ip networkBase(int prefix) {
        return new Ip(family, high & highMask(prefix), low & lowMask(prefix));
    }

    /** The last address of the network of this prefix length that this address lies in. */
    Ip networkEnd(int prefix) {
        long highBits = family == Family.V4 ? 0 : ~highMask(prefix);
        long lowBits = family == Family.V4 ? ~lowMask(prefix) & 0xffff_ffffL : ~lowMask(prefix);
        return new Ip(family, high | highBits, low | lowBits);
    }

    private long highMask(int prefix) {
        return family == Family.V4 ? 0 : ones(Math.min(prefix, 64), 64);
    }

    private long lowMask(int prefix) {
        return family == Family.V4 ? ones(prefix, 32) : ones(Math.max(prefix - 64, 0), 64);
    }

    private static long ones(int count, int width) {
        return count == 0 ? 0 : -1L << (width - count);
    }

    @Override
    public int compareTo(Ip other) {
        if (family != other.family) {
            return family.compareTo(other.family);
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Written by hand: in a native executable the generated methods of a record take microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ip(Family f, long h, long l) && family == f && high == h && low == l;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * family.hashCode() + Long.hashCode(high)) + Long.hashCode(low);
    }

    @Override
    public String toString() {
        return family == Family.V4 ? dotted() : Ip6Text.of(high, low);
    }

    private String dotted() {
        return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
    }
}
