package io.portero.policy;

import java.util.Locale;

/**
 * What the kernel does with packets to an address that nothing filters.
 *
 * <p>The choke point asks the same of {@code fib daddr}: what is delivered here is judged, and what is forwarded is not,
 * unless it goes to a trusted interface.
 */
public sealed interface Destination {
    Ip address();

    /** It is delivered here, and the choke point knows it. */
    record Here(Ip address, Kind kind) implements Destination {}

    /** It is delivered here by a routing table that the choke point does not ask: AnyIP, VRF, policy routing. */
    record Stray(Ip address) implements Destination {}

    /** It is forwarded, and leaves by this interface. */
    record Onward(Ip address, String by) implements Destination {}

    /** No route leads there. */
    record Nowhere(Ip address) implements Destination {}

    /** What makes an address one of this host's. */
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
