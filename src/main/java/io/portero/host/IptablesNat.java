package io.portero.host;

import io.portero.exposure.Listener.Published;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads destination NAT from the output of {@code iptables-save}, as described in iptables-extensions(8).
 *
 * <p>Each rule is read by itself, without the jumps that lead to it. A rule without a port is assumed to forward all
 * ports.
 */
final class IptablesNat {
    private static final Set<String> TARGETS = Set.of("DNAT", "REDIRECT");

    private final String everywhere;

    /** @param everywhere the network of all addresses of the family */
    IptablesNat(String everywhere) {
        this.everywhere = everywhere;
    }

    List<Published> parse(Stream<String> lines) {
        return lines.filter(l -> l.startsWith("-A "))
                .flatMap(l -> rule(l).stream())
                .toList();
    }

    private List<Published> rule(String line) {
        var options = options(line);
        if (!TARGETS.contains(options.getOrDefault("-j", ""))) {
            return List.of();
        }
        var found = new ArrayList<Published>();
        var address = address(options.getOrDefault("-d", everywhere));
        var ports = options.getOrDefault("--dport", options.getOrDefault("--dports", "1:65535"));
        var to = options.getOrDefault("--to-destination", "this host:" + options.getOrDefault("--to-ports", "*"));
        for (var protocol : protocols(options.getOrDefault("-p", ""))) {
            for (var port : ports.split(",")) {
                range(protocol, port).ifPresent(r -> address.ifPresent(a -> found.add(new Published(r, a, to))));
            }
        }
        return found;
    }

    /** Each option with the word after it; options negated with {@code !} are not needed. */
    private static Map<String, String> options(String line) {
        var words = Arrays.asList(line.split(" "));
        var options = new TreeMap<String, String>();
        for (int i = 1; i < words.size() - 1; i++) {
            if (words.get(i).startsWith("-") && !words.get(i - 1).equals("!")) {
                options.putIfAbsent(words.get(i), words.get(i + 1));
            }
        }
        return options;
    }

    private static Set<Protocol> protocols(String word) {
        return Protocol.of(word)
                .map(p -> p.hasPorts() ? Set.of(p) : Set.<Protocol>of())
                .orElseGet(() -> word.isEmpty() || word.equals("all")
                        ? new TreeSet<>(Set.of(Protocol.TCP, Protocol.UDP))
                        : Set.of());
    }

    private static Optional<PortRange> range(Protocol protocol, String text) {
        try {
            return Optional.of(PortRange.parse(text.replace(':', '-') + "/" + protocol.word()));
        } catch (PortRange.NotAPort e) {
            return Optional.empty();
        }
    }

    private static Optional<AddressRange> address(String text) {
        try {
            return Optional.of(AddressRange.parse(text));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
