package io.portero.trace;

import io.portero.policy.AddressRange;
import io.portero.policy.PortRange;
import java.time.Duration;

/** Which packets to trace, for how long, and how many of them. */
public record Wanted(AddressRange from, Kind to, Duration time, int count) {
    public static final int MOST = 1000;
    public static final Duration LONGEST = Duration.ofHours(1);

    public Wanted {
        if (count < 1 || count > MOST || time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("not a bounded trace: " + count + " packets, " + time);
        }
    }

    /** The destination of the packets, before address translation. */
    public sealed interface Kind {
        /** These ports, or all packets of a protocol without ports. */
        record Ports(PortRange ports) implements Kind {
            @Override
            public String toString() {
                return " to " + ports;
            }
        }

        /** Echo requests. */
        record Ping() implements Kind {
            @Override
            public String toString() {
                return ", echo requests";
            }
        }

        /** ICMP or ICMPv6, depending on the family of the source. */
        record Icmp() implements Kind {
            @Override
            public String toString() {
                return ", ICMP";
            }
        }

        /** All packets. */
        record Everything() implements Kind {
            @Override
            public String toString() {
                return "";
            }
        }

        /**
         * Parses ports, a protocol alone, {@code ping} or {@code icmp}.
         *
         * @throws PortRange.NotAPort with a clause that says what is wrong
         */
        static Kind parse(String text) throws PortRange.NotAPort {
            return switch (text) {
                case "ping" -> new Ping();
                case "icmp", "icmpv6" -> new Icmp();
                default -> new Ports(PortRange.parse(text));
            };
        }
    }

    /** For example {@code from 192.0.2.7 to 5060/udp}. */
    @Override
    public String toString() {
        return "from " + from + to;
    }
}
