package io.portero.compile;

import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import java.time.Duration;

/** A named set of addresses of one family. */
public sealed interface NamedSet {
    /** What the sets with timeouts are called, without their family. */
    String BANNED = "banned";

    /** Banned networks; a dot keeps the name apart from those of groups. */
    String BANNED_NETS = "banned.nets";

    String REVOKED = "revoked";

    String name();

    Family family();

    /**
     * Single addresses that follow from the policy, many of them. nft 1.0.6 adds one to such a set in no time, where an
     * interval set of 100,000 members takes 0.8 seconds, and 0.12 more for each member that is taken out.
     */
    record Hosts(String name, Family family, AddressSet addresses) implements NamedSet {}

    /** Members that follow from the policy. */
    record Members(String name, Family family, AddressSet addresses) implements NamedSet {}

    /**
     * Where refused packets came from, put there by the kernel as they come, each with a counter; bounded, so that a flood
     * of made-up sources costs no more than that. When it is full, new sources are counted as before and not remembered.
     *
     * @param wanted what is told apart beside the source
     */
    record Seen(String name, Family family, Wanted wanted) implements NamedSet {
        private static final String SOURCES = "dropped.sources_";
        private static final String FLOWS = "dropped.flows_";
        private static final String PROTOCOLS = "dropped.protocols_";
        private static final String DESTINATIONS = "dropped.destinations_";
        private static final String DESTINATION_PROTOCOLS = "dropped.destination-protocols_";
        private static final String USERS = "dropped.users_";

        /** What a refused packet was for. */
        public enum Wanted {
            UNTOLD("", 1024, Duration.ofHours(1)),
            PORT(" . inet_proto . inet_service", 4096, Duration.ofDays(1)),
            /** Of a protocol without ports. */
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

        /** Where this host and its containers wanted to send packets that were refused. */
        public static Seen destinations(Family family) {
            return new Seen(DESTINATIONS + family.suffix(), family, Wanted.FAR_PORT);
        }

        /** The same of protocols without ports. */
        public static Seen destinationProtocols(Family family) {
            return new Seen(DESTINATION_PROTOCOLS + family.suffix(), family, Wanted.PROTOCOL);
        }

        /** The same of this host's own sockets, by the user that they belong to. */
        public static Seen users(Family family) {
            return new Seen(USERS + family.suffix(), family, Wanted.USER);
        }

        /** What follows the address in the type of the set. */
        public String key() {
            return wanted.key;
        }

        /** Every one that is remembered makes each call of nft 1.0.6 dearer, by 2.5 microseconds. */
        public int size() {
            return wanted.size;
        }

        /** How long after its last packet a source is forgotten. */
        public Duration memory() {
            return wanted.memory;
        }
    }

    /** How much each source of a service with a limit has sent lately, each with a bucket of its own; the kernel's to keep. */
    record Metered(String name, Family family, Duration memory) implements NamedSet {
        /** When it is full, those who are not in it share a rate. Every member makes each call of nft 1.0.6 dearer. */
        public static final int SIZE = 8192;
    }

    /**
     * Sources that the kernel itself has banned for exceeding a limit: IPv4 addresses, or the first address of an IPv6 /64.
     *
     * @param service whose limit it was
     */
    record Exceeded(String service, Family family) implements NamedSet {
        /** When it is full, whoever exceeds the limit is still dropped for what is over it. */
        public static final int SIZE = 8192;

        @Override
        public String name() {
            return new ServiceNames(service).exceeded() + "_" + family.suffix();
        }
    }

    /**
     * Flows of TCP, UDP and SCTP that the kernel has seen while it learns: the address and the port at the other end, and the port
     * here.
     */
    record Learnt(String name, Family family) implements NamedSet {
        /** When it is full, what comes later is judged by its first packet after the learning, as without any. */
        static final int SIZE = 65536;
    }

    /**
     * Members that come and go with timeouts, put there by commands and, where they are single addresses, by other tools; never
     * the policy's to take out.
     *
     * @param networks whether its members are networks and ranges, which must not overlap
     */
    record Timed(String name, Family family, boolean networks) implements NamedSet {
        public Timed(String name, Family family) {
            this(name, family, false);
        }
    }
}
