package io.portero.net;

import io.portero.lab.Place;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Counts the outgoing packets in the host's kernel: before the choke points, and at the end of their path. */
final class Departures {
    private static final Pattern ELEMENT = Pattern.compile("(\\S+) \\. (\\S+) \\. (\\S+) counter packets (\\d+)");
    private static final String TABLE = """
            add table inet watched
            delete table inet watched
            table inet watched {
                set sent4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 65535; }
                set sent6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 65535; }
                set left4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 65535; }
                set left6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 65535; }
                chain output {
                    type filter hook output priority -300; policy accept;
                    update @sent4 { ip daddr . meta l4proto . th dport counter }
                    update @sent6 { ip6 daddr . meta l4proto . th dport counter }
                }
                chain forward {
                    type filter hook forward priority -300; policy accept;
                    update @sent4 { ip daddr . meta l4proto . th dport counter }
                    update @sent6 { ip6 daddr . meta l4proto . th dport counter }
                }
                chain left {
                    type filter hook postrouting priority 300; policy accept;
                    update @left4 { ip daddr . meta l4proto . th dport counter }
                    update @left6 { ip6 daddr . meta l4proto . th dport counter }
                }
            }
            """;

    private final TestLab net;

    Departures(TestLab net) {
        this.net = net;
    }

    /** Starts to count from zero. */
    void start() {
        net.nft(Place.HOST, TABLE);
    }

    /** @param protocol the IANA number */
    record To(String address, int protocol, int port) implements Comparable<To> {
        @Override
        public int compareTo(To other) {
            return toString().compareTo(other.toString());
        }
    }

    Map<To, Long> sent() {
        return counted("sent");
    }

    Map<To, Long> left() {
        return counted("left");
    }

    private Map<To, Long> counted(String set) {
        var counts = new TreeMap<To, Long>();
        for (var family : new String[] {"4", "6"}) {
            var listed =
                    net.output(Place.HOST, "nft", "-n", "-n", "-n", "list", "set", "inet", "watched", set + family);
            ELEMENT.matcher(listed)
                    .results()
                    .forEach(m -> counts.put(
                            new To(m.group(1), protocol(m.group(2)), Integer.parseInt(m.group(3))),
                            Long.parseLong(m.group(4))));
        }
        return counts;
    }

    /** nft 1.0.6 prints names of protocols even with the option for numbers. */
    private static int protocol(String word) {
        return switch (word) {
            case "tcp" -> 6;
            case "udp" -> 17;
            default -> Integer.parseInt(word.replaceAll("\\D", "0"));
        };
    }
}
