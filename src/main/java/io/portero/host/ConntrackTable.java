package io.portero.host;

import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the lines of {@code /proc/net/nf_conntrack}, which {@code conntrack -L} prints likewise.
 *
 * <p>A line names the flow twice: as it was started and as it is answered. Only the first half is of interest here, since
 * it holds the port that was dialled, before any translation.
 */
final class ConntrackTable {
    private ConntrackTable() {}

    /**
     * One entry.
     *
     * @param answered whether answers have been seen and, for TCP, the handshake completed
     * @param established whether it is a TCP session that has not begun to close
     */
    record Entry(Flow flow, int sourcePort, boolean answered, boolean established) {}

    static List<Entry> parse(Stream<String> lines) {
        return lines.map(ConntrackTable::entry).flatMap(Optional::stream).toList();
    }

    private static Optional<Entry> entry(String line) {
        var words = line.split("\\s+");
        var protocol = Arrays.stream(words)
                .limit(4)
                .map(Protocol::of)
                .flatMap(Optional::stream)
                .findFirst();
        if (protocol.isEmpty()) {
            return Optional.empty();
        }
        try {
            var from = Ip.parse(value(words, "src="));
            var to = Ip.parse(value(words, "dst="));
            return Optional.of(new Entry(
                    new Flow(from, to, port(protocol.get(), words)),
                    sourcePort(words),
                    answered(words),
                    List.of(words).contains("ESTABLISHED")));
        } catch (Ip.NotAnAddress | IllegalArgumentException e) {
            return Optional.empty(); // a protocol without ports that says it has some, or nothing that we filter
        }
    }

    private static PortRange port(Protocol protocol, String[] words) {
        if (!protocol.hasPorts()) {
            return PortRange.whole(protocol);
        }
        int port = Integer.parseInt(value(words, "dport="));
        return new PortRange(protocol, port, port);
    }

    private static int sourcePort(String[] words) {
        var port = value(words, "sport=");
        return port.isEmpty() ? 0 : Integer.parseInt(port);
    }

    private static boolean answered(String[] words) {
        var all = List.of(words);
        return !all.contains("[UNREPLIED]") && !all.contains("SYN_SENT") && !all.contains("SYN_RECV");
    }

    /** The first of its name, which belongs to the direction in which the flow was started. */
    private static String value(String[] words, String name) {
        return Arrays.stream(words)
                .filter(w -> w.startsWith(name))
                .findFirst()
                .map(w -> w.substring(name.length()))
                .orElse("");
    }
}
