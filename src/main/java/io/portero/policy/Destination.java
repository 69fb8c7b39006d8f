package io.portero.policy;

import java.util.Locale;

/**
 * What the kernel does with packets to an address, apart from any filter.
 *
 * <p>The choke point uses {@code fib daddr} for the same question: packets that are delivered here are judged, and
 * forwarded packets are not, unless they go to a trusted interface.
 */
public sealed interface Destination {
    Ip address();

    /** It is delivered here, and the choke point can see that. */
    record Here(Ip address, Kind kind) implements Destination {}

    /** It is delivered here by a routing table that the choke point does not look up: AnyIP, VRF, policy routing. */
    record Stray(Ip address) implements Destination {}

    /** It is forwarded, and leaves by this interface. */
    record Onward(Ip address, String by) implements Destination {}

    /** No route leads there. */
    record Nowhere(Ip address) implements Destination {}

    /** The reason why an address is local to this host. */
    enum Kind {
        OWN("an address of this host"),
        ANYCAST("an anycast address of this host"),
        BROADCAST("a broadcast address"),
        MULTICAST("a multicast address");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** The word for machines. */
    default String word() {
        return switch (this) {
            case Here here -> here.kind().name().toLowerCase(Locale.ROOT);
            case Stray stray -> "stray";
            case Onward onward -> "forwarded";
            case Nowhere nowhere -> "unreachable";
        };
    }

    /** What kind of destination it is, as a clause about the address. */
    default String inWords() {
        return switch (this) {
            case Here here -> address() + " is " + here.kind();
            case Stray stray -> address() + " is delivered to this host by another routing table";
            case Onward onward -> address() + " is not an address of this host; packets to it leave by " + onward.by();
            case Nowhere nowhere -> address() + " is not an address of this host, and there is no route to it";
        };
    }
}
