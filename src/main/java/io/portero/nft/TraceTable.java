package io.portero.nft;

import io.portero.policy.Family;
import io.portero.trace.Wanted;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The table that marks packets for tracing; it does nothing else.
 *
 * <p>It belongs to the nft process that makes it ({@code flags owner}, Linux 5.12) and disappears with that process.
 * Its rule matches for a limited time and number of packets, which the kernel counts. It comes after the reassembly of
 * fragments (-400) and before the usual chains of other tables.
 */
record TraceTable(String name) {
    private static final String PREFIX = "portero_trace_";
    private static final int PRIORITY = -399;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    static TraceTable of(long pid) {
        return new TraceTable("inet " + PREFIX + pid);
    }

    /** Whether a table of this name belongs to a trace, of this or another process. */
    static boolean isNamed(String family, String table) {
        return family.equals("inet") && table.startsWith(PREFIX);
    }

    static boolean isNamed(String familyAndTable) {
        return familyAndTable.startsWith("inet " + PREFIX);
    }

    /**
     * One line for an interactive nft, whose time zone must be UTC.
     *
     * <p>It uses no set: when a set is deleted, an {@code nft monitor} of 1.0.6 loses what it knows about members.
     */
    String making(Wanted wanted, Instant now) {
        return "add table " + name + " { flags owner; }; add chain " + name
                + " prerouting { type filter hook prerouting priority " + PRIORITY + "; policy accept; }; add rule "
                + name
                + " prerouting meta time < \""
                + TIME.format(now.plus(wanted.time()).plusSeconds(1)) + "\" "
                + match(wanted) + "limit rate 1/day burst " + wanted.count() + " packets meta nftrace set 1";
    }

    private static String match(Wanted wanted) {
        boolean four = wanted.from().family() == Family.V4;
        return (four ? "ip" : "ip6") + " saddr " + wanted.from() + " "
                + switch (wanted.to()) {
                    case Wanted.Kind.Everything everything -> "";
                    case Wanted.Kind.Icmp icmp -> "meta l4proto " + (four ? 1 : 58) + " ";
                    case Wanted.Kind.Ping ping -> (four ? "icmp" : "icmpv6") + " type echo-request ";
                    case Wanted.Kind.Ports(var ports) ->
                        ports.protocol().hasPorts()
                                ? ports.protocol().word() + " dport " + ports.first() + "-" + ports.last() + " "
                                : "meta l4proto " + ports.protocol().number() + " ";
                };
    }

    /** The first words of its listing. */
    boolean isListedBy(String line) {
        return line.startsWith("table " + name + " {");
    }
}
