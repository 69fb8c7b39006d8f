package io.portero.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An IP protocol that a service can use, by its IANA number.
 *
 * <p>There is one instance for each number, so protocols can be compared by identity. In order come protocols with
 * ports, then other named ones, then the rest by number.
 */
public final class Protocol implements Comparable<Protocol> {
    /** The prefix of the number for a protocol without a name here. */
    public static final String PREFIX = "protocol:";

    private static final int HIGHEST = 255;
    private static final List<Protocol> NAMED = new ArrayList<>();
    private static final Comparator<Protocol> ORDER =
            Comparator.comparingInt((Protocol p) -> p.rank).thenComparingInt(Protocol::number);

    public static final Protocol TCP = named("tcp", 6, true);
    public static final Protocol UDP = named("udp", 17, true);
    public static final Protocol SCTP = named("sctp", 132, true);
    public static final Protocol ESP = named("esp", 50, false);
    public static final Protocol AH = named("ah", 51, false);
    public static final Protocol GRE = named("gre", 47, false);
    public static final Protocol VRRP = named("vrrp", 112, false);
    public static final Protocol IGMP = named("igmp", 2, false);
    public static final Protocol OSPF = named("ospf", 89, false);
    public static final Protocol IPIP = named("ipip", 4, false);
    public static final Protocol SIT = named("sit", 41, false);

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final Protocol[] BY_NUMBER = byNumber();

    private final int number;
    private final String word;
    private final boolean hasPorts;
    private final int rank;

    private Protocol(int number, String word, boolean hasPorts, int rank) {
        this.number = number;
        this.word = word;
        this.hasPorts = hasPorts;
        this.rank = rank;
    }

    private static Protocol named(String word, int number, boolean hasPorts) {
        var protocol = new Protocol(number, word, hasPorts, NAMED.size());
        NAMED.add(protocol);
        return protocol;
    }

    private static Protocol[] byNumber() {
        var all = new Protocol[HIGHEST + 1];
        for (int number = 0; number <= HIGHEST; number++) {
            all[number] = new Protocol(number, PREFIX + number, false, NAMED.size());
        }
        NAMED.forEach(p -> all[p.number] = p);
        return all;
    }

    /** The named protocols, in order. */
    public static List<Protocol> named() {
        return List.copyOf(NAMED);
    }

    /** The protocol of this name. */
    public static Optional<Protocol> of(String name) {
        return NAMED.stream().filter(p -> p.word.equals(name)).findFirst();
    }

    /**
     * The protocol with this number; nothing for ICMP and ICMPv6, which services cannot use, and for an invalid number.
     */
    public static Optional<Protocol> of(int number) {
        return number < 0 || number > HIGHEST || number == ICMP || number == ICMPV6
                ? Optional.empty()
                : Optional.of(BY_NUMBER[number]);
    }

    public int number() {
        return number;
    }

    /** Whether packets of this protocol carry ports; the others are admitted as a whole. */
    public boolean hasPorts() {
        return hasPorts;
    }

    /** As policies write it: the name, or {@code protocol:N} where there is none. */
    public String word() {
        return word;
    }

    @Override
    public int compareTo(Protocol other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return word;
    }
}
