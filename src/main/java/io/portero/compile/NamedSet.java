package io.portero.compile;

import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import java.time.Duration;

/** A named set of addresses of one family. */
public sealed interface NamedSet {
    /** The names of the sets with timeouts, without their family. */
    String BANNED = "banned";

    /** Banned networks; a dot keeps the name apart from those of groups. */
    String BANNED_NETS = "banned.nets";

    String REVOKED = "revoked";

    String name();

    Family family();

    /**
     * Single addresses that follow from the policy, many of them. nft 1.0.6 adds a member to such a set at once. With
     * an interval set of 100,000 members it takes 0.8 seconds, and 0.12 more for each deleted member.
     */
    record Hosts(String name, Family family, AddressSet addresses) implements NamedSet {}

    /** Members that follow from the policy. */
    record Members(String name, Family family, AddressSet addresses) implements NamedSet {}

    /**
     * Dropped sources, added by the kernel, each with a counter. The size is bounded, so a flood of forged sources
     * costs no more. When the set is full, packets of new sources are still counted, but the sources are not
     * remembered.
     *
     * @param wanted what is remembered in addition to the source
     */
    record Seen(String name, Family family, Wanted wanted) implements NamedSet {
        private static final String SOURCES = "dropped.sources_";
        private static final String FLOWS = "dropped.flows_";
        private static final String PROTOCOLS = "dropped.protocols_";
        private static final String DESTINATIONS = "dropped.destinations_";
        private static final String DESTINATION_PROTOCOLS = "dropped.destination-protocols_";
        private static final String USERS = "dropped.users_";

        /** The destination port of a dropped packet. */
        public enum Wanted {
            UNTOLD("", 1024, Duration.ofHours(1)),
            PORT(" . inet_proto . inet_service", 4096, Duration.ofDays(1)),
            /** For protocols without ports. */
            PROTOCOL(" . inet_proto", 1024, Duration.ofDays(1)),
            /** The port, and the user whose program sent it. */
            USER(" . inet_proto . inet_service . uid", 1024, Duration.ofDays(1)),
            /** The port that a packet was sent to by this host or a container. */
            FAR_PORT(" . inet_proto . inet_service", 1024, Duration.ofDays(1));

            private final String key;
            private final int size;
            private final Duration memory;

            Wanted(String key, int size, Duration memory) {
                this.key = key;
                this.size = size;
                this.memory = memory;
            }
        }

        public static Seen sources(Family family) {
            return new Seen(SOURCES + family.suffix(), family, Wanted.UNTOLD);
        }

        public static Seen flows(Family family) {
            return new Seen(FLOWS + family.suffix(), family, Wanted.PORT);
        }

        public static Seen protocols(Family family) {
            return new Seen(PROTOCOLS + family.suffix(), family, Wanted.PROTOCOL);
        }

        /** Destinations of dropped outgoing packets of this host and its containers. */
        public static Seen destinations(Family family) {
            return new Seen(DESTINATIONS + family.suffix(), family, Wanted.FAR_PORT);
        }

        /** The same for protocols without ports. */
        public static Seen destinationProtocols(Family family) {
            return new Seen(DESTINATION_PROTOCOLS + family.suffix(), family, Wanted.PROTOCOL);
        }

        /** The same for this host's own sockets, with their user. */
        public static Seen users(Family family) {
            return new Seen(USERS + family.suffix(), family, Wanted.USER);
        }

        /** The key parts after the address in the type of the set. */
        public String key() {
            return wanted.key;
        }

        /** Each member costs every call of nft 1.0.6 another 2.5 microseconds. */
        public int size() {
            return wanted.size;
        }

        /** The time after its last packet when a source is forgotten. */
        public Duration memory() {
            return wanted.memory;
        }
    }

    /** The token buckets of the sources of a service with a limit; the kernel maintains them. */
    record Metered(String name, Family family, Duration memory) implements NamedSet {
        /** When it is full, further sources share a rate. Each member makes every call of nft 1.0.6 slower. */
        public static final int SIZE = 8192;
    }

    /**
     * Sources that the kernel itself has banned for exceeding a limit: IPv4 addresses, or the first address of an IPv6
     * /64.
     *
     * @param service the service with the limit
     */
    record Exceeded(String service, Family family) implements NamedSet {
        /** When it is full, packets over the limit are still dropped. */
        public static final int SIZE = 8192;

        @Override
        public String name() {
            return new ServiceNames(service).exceeded() + "_" + family.suffix();
        }
    }

    /**
     * Flows of TCP, UDP and SCTP that the kernel has seen while it learns: the remote address and port, and the local
     * port.
     */
    record Learnt(String name, Family family) implements NamedSet {
        /** When it is full, later flows are judged by their first packet after the learning, as without learning. */
        static final int SIZE = 65536;
    }

    /**
     * Members with timeouts, added by commands and, in sets of single addresses, also by other tools; the policy never
     * removes them.
     *
     * @param networks whether its members are networks and ranges, which must not overlap
     */
    record Timed(String name, Family family, boolean networks) implements NamedSet {
        public Timed(String name, Family family) {
            this(name, family, false);
        }
    }
}
