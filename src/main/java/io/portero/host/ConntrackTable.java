package io.portero.host;

import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads the lines of {@code /proc/net/nf_conntrack}, which {@code conntrack -L} prints in the same form.
 *
 * <p>A line has two tuples: the original direction and the reply direction. Only the first one is used here, because it
 * holds the port that was dialled, before any NAT.
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

    /** @param wanted checks a line before it is parsed, because parsing is most of the work with 100,000 flows */
    static List<Entry> parse(Stream<String> lines, Predicate<String> wanted) {
        return lines.filter(wanted)
                .map(line -> new Words(line).entry())
                .flatMap(Optional::stream)
                .toList();
    }

    static boolean isTcp(String line) {
        return line.startsWith("tcp ") || line.contains(" tcp ");
    }

    /**
     * The fields of a line that are used; of fields with the same name the first one, which belongs to the original
     * direction.
     */
    private static final class Words {
        /** The number comes after the name; the kernel's file has a family and its number before both. */
        private static final int BARE = 1;

        private static final int AFTER_FAMILY = 3;

        private int numberAt = BARE;
        private Optional<Protocol> protocol = Optional.empty();
        private String from = "";
        private String to = "";
        private String sourcePort = "";
        private String port = "";
        private boolean answered = true;
        private boolean established;

        Words(String line) {
            var words = new StringTokenizer(line);
            for (int i = 0; words.hasMoreTokens(); i++) {
                take(i, words.nextToken());
            }
        }

        private void take(int place, String word) {
            if (place == 0 && word.startsWith("ipv")) {
                numberAt = AFTER_FAMILY;
            }
            if (place == numberAt) {
                protocol = Protocol.of(number(word));
            }
            switch (word) {
                case "[UNREPLIED]", "SYN_SENT", "SYN_RECV" -> answered = false;
                case "ESTABLISHED" -> established = true;
                default -> {
                    from = first(from, word, "src=");
                    to = first(to, word, "dst=");
                    sourcePort = first(sourcePort, word, "sport=");
                    port = first(port, word, "dport=");
                }
            }
        }

        private static int number(String word) {
            boolean digits = word.length() <= 3 && word.chars().allMatch(c -> c >= '0' && c <= '9');
            return digits ? Integer.parseInt(word) : -1;
        }

        private static String first(String known, String word, String name) {
            return known.isEmpty() && word.startsWith(name) ? word.substring(name.length()) : known;
        }

        Optional<Entry> entry() {
            if (protocol.isEmpty()) {
                return Optional.empty();
            }
            try {
                var flow = new Flow(Ip.parse(from), Ip.parse(to), dialled(protocol.get()));
                int source = sourcePort.isEmpty() ? 0 : Integer.parseInt(sourcePort);
                return Optional.of(new Entry(flow, source, answered, established));
            } catch (Ip.NotAnAddress | IllegalArgumentException e) {
                return Optional
                        .empty(); // the line names ports for a protocol without ports, or is about nothing that we
                // filter
            }
        }

        private PortRange dialled(Protocol protocol) {
            if (!protocol.hasPorts()) {
                return PortRange.whole(protocol);
            }
            int number = Integer.parseInt(port);
            return new PortRange(protocol, number, number);
        }
    }
}
