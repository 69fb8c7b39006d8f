package io.portero.policy;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The addresses from {@code first} to {@code last}, both included, of one family.
 *
 * <p>A single address and a network are ranges too; {@link #toString} prints the shortest of the three forms.
 */
public record AddressRange(Ip first, Ip last) implements Comparable<AddressRange> {
    private static final int MAPPED_BITS = 96;

    public AddressRange {
        if (first.family() != last.family() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException("not a range: " + first + "-" + last);
        }
    }

    public static AddressRange of(Ip address) {
        return new AddressRange(address, address);
    }

    public static AddressRange network(Ip address, int prefix) {
        return new AddressRange(address.networkBase(prefix), address.networkEnd(prefix));
    }

    public static AddressRange everything(Family family) {
        return new AddressRange(Ip.lowest(family), Ip.highest(family));
    }

    /**
     * Reads {@code ADDR}, {@code ADDR/PREFIX} or {@code ADDR-ADDR}; host bits below a prefix are cut off.
     *
     * @throws Ip.NotAnAddress with a clause that says what is wrong
     */
    public static AddressRange parse(String text) throws Ip.NotAnAddress {
        int dash = text.indexOf('-');
        if (dash >= 0) {
            return parseRange(
                    text.substring(0, dash).strip(), text.substring(dash + 1).strip());
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            return parseNetwork(text.substring(0, slash), text.substring(slash + 1));
        }
        return of(Ip.parse(text));
    }

    private static AddressRange parseRange(String from, String to) throws Ip.NotAnAddress {
        var mappedFirst = Ip.mapped(from);
        var mappedLast = Ip.mapped(to);
        if (mappedFirst.isPresent() && mappedLast.isPresent()) {
            throw new Ip.NotAnAddress(Ip.MAPPED + "write " + mappedFirst.get() + "-" + mappedLast.get());
        }
        var first = Ip.parse(from);
        var last = Ip.parse(to);
        if (first.family() != last.family()) {
            throw new Ip.NotAnAddress("both ends of a range must be of one family");
        }
        if (first.compareTo(last) > 0) {
            throw new Ip.NotAnAddress("the range is reversed; write " + last + "-" + first);
        }
        return new AddressRange(first, last);
    }

    private static AddressRange parseNetwork(String base, String length) throws Ip.NotAnAddress {
        var mapped = Ip.mapped(base);
        if (mapped.isPresent()) {
            throw new Ip.NotAnAddress(whyMapped(mapped.get(), length));
        }
        var address = Ip.parse(base);
        int bits = address.family().bits();
        int prefix = length.matches("\\d{1,3}") ? Integer.parseInt(length) : -1;
        if (prefix < 0 || prefix > bits) {
            throw new Ip.NotAnAddress("the prefix length must be a number from 0 to " + bits);
        }
        return network(address, prefix);
    }

    /** An IPv4-mapped network (RFC 4291, section 2.5.5.2) is an IPv4 network with 96 more bits before it. */
    private static String whyMapped(Ip base, String length) {
        int prefix = length.matches("\\d{1,3}") ? Integer.parseInt(length) - MAPPED_BITS : -1;
        return prefix < 0 || prefix > Family.V4.bits()
                ? Ip.MAPPED + "write the IPv4 network, such as 10.0.0.0/8"
                : Ip.MAPPED + "write " + network(base, prefix);
    }

    public Family family() {
        return first.family();
    }

    /** Whether it is one address. */
    public boolean isSingle() {
        return first.equals(last);
    }

    /** Every address in it, for ranges of which it is known that they are short. */
    public Stream<Ip> addresses() {
        var all = Stream.<Ip>builder();
        var address = first;
        while (!address.equals(last)) {
            all.add(address);
            address = address.next();
        }
        return all.add(last).build();
    }

    public boolean contains(Ip address) {
        return address.family() == family() && first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    /** The length of the prefix when this range is exactly one network, else -1. */
    public int prefixLength() {
        long high = first.high() ^ last.high();
        long low = first.low() ^ last.low();
        boolean network = high == 0
                ? isMask(low) && (first.low() & low) == 0
                : isMask(high) && (first.high() & high) == 0 && low == -1 && first.low() == 0;
        return network ? family().bits() - Long.bitCount(high) - Long.bitCount(low) : -1;
    }

    /** Whether its ones are its last digits. */
    private static boolean isMask(long bits) {
        return (bits & bits + 1) == 0;
    }

    /** Written by hand: in a native executable the generated methods of a record take microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange(Ip from, Ip to) && first.equals(from) && last.equals(to);
    }

    @Override
    public int hashCode() {
        return 31 * first.hashCode() + last.hashCode();
    }

    @Override
    public int compareTo(AddressRange other) {
        int byFirst = first.compareTo(other.first);
        return byFirst != 0 ? byFirst : last.compareTo(other.last);
    }

    @Override
    public String toString() {
        if (first.equals(last)) {
            return first.toString();
        }
        int prefix = prefixLength();
        return prefix >= 0 ? first + "/" + prefix : first + "-" + last;
    }
}
