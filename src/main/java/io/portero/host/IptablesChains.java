package io.portero.host;

import io.portero.doctor.ForeignBaseChain;
import io.portero.doctor.ForeignBaseChain.Maker;
import io.portero.doctor.HostState.SipHelper;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads base chains that drop what they do not accept from the output of {@code iptables-save}, as {@link NftChains}
 * does for nft.
 */
final class IptablesChains {
    /** The priorities of iptables' tables (netfilter_ipv4.h). */
    private static final Map<String, Integer> PRIORITIES = Map.of("raw", -300, "mangle", -150, "filter", 0);

    private static final Map<String, String> HOOKS =
            Map.of("PREROUTING", "prerouting", "INPUT", "input", "FORWARD", "forward");

    private final String family;
    private final List<Dropping> dropping = new ArrayList<>();
    private final Map<String, List<PortRange>> accepted = new HashMap<>();
    private final Map<String, Boolean> acceptsAll = new HashMap<>();
    private final List<SipHelper> sipHelpers = new ArrayList<>();
    private String table = "";
    private boolean ufw;

    private record Dropping(String table, String chain) {}

    /** @param family {@code ip} or {@code ip6} */
    IptablesChains(String family) {
        this.family = family;
    }

    void read(String saved) {
        saved.lines().forEach(line -> {
            if (line.startsWith("*")) {
                table = line.substring(1).strip();
            } else if (line.startsWith(":")) {
                ufw |= line.startsWith(":ufw-");
                var words = line.substring(1).split("\\s+");
                if (words.length > 1 && words[1].equals("DROP")) {
                    dropping.add(new Dropping(table, words[0]));
                }
            } else if (line.startsWith("-A ")) {
                rule(List.of(line.split("\\s+")));
            }
        });
    }

    private void rule(List<String> words) {
        if (after(words, "--helper").filter("sip"::equals).isPresent()) {
            sipHelpers.add(new SipHelper("iptables, table " + table + ", chain " + words.get(1), true));
        }
        var target = after(words, "-j").orElse("");
        boolean matches = words.contains("-m") || words.contains("-p") || words.contains("-s") || words.contains("-i");
        if ((target.equals("DROP") || target.equals("REJECT")) && !matches) {
            dropping.add(new Dropping(table, words.get(1)));
        }
        if (target.equals("ACCEPT") && isForNewcomers(words)) {
            var ports = ports(words);
            accepted.computeIfAbsent(table, t -> new ArrayList<>()).addAll(ports);
            boolean anyPort = ports.isEmpty() && !isOtherProtocol(words);
            acceptsAll.merge(table, anyPort, Boolean::logicalOr);
        }
    }

    private static boolean isForNewcomers(List<String> words) {
        var state = after(words, "--ctstate").or(() -> after(words, "--state"));
        boolean old = state.isPresent() && !state.get().contains("NEW");
        return !old && after(words, "-i").filter("lo"::equals).isEmpty();
    }

    private static boolean isOtherProtocol(List<String> words) {
        return after(words, "-p")
                .filter(p -> !p.equals("tcp") && !p.equals("udp") && !p.equals("all"))
                .isPresent();
    }

    private static List<PortRange> ports(List<String> words) {
        var protocol = after(words, "-p").flatMap(Protocol::of).filter(Protocol::hasPorts);
        var written = after(words, "--dport").or(() -> after(words, "--dports"));
        var found = new ArrayList<PortRange>();
        if (protocol.isPresent() && written.isPresent()) {
            for (var word : written.get().split(",")) {
                try {
                    found.add(PortRange.parse(
                            word.replace(':', '-') + "/" + protocol.get().word()));
                } catch (PortRange.NotAPort e) {
                    return List.of(); // treated as all ports
                }
            }
        } else if (protocol.isPresent()) {
            found.add(new PortRange(protocol.get(), 1, PortRange.HIGHEST));
        }
        return found;
    }

    private static Optional<String> after(List<String> words, String option) {
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() ? Optional.of(words.get(at + 1)) : Optional.empty();
    }

    List<ForeignBaseChain> dropping() {
        return dropping.stream()
                .filter(d -> HOOKS.containsKey(d.chain()) && PRIORITIES.containsKey(d.table()))
                .distinct()
                .map(d -> new ForeignBaseChain(
                        family,
                        d.table(),
                        d.chain(),
                        HOOKS.getOrDefault(d.chain(), ""),
                        PRIORITIES.getOrDefault(d.table(), 0),
                        accepted.getOrDefault(d.table(), List.of()),
                        acceptsAll.getOrDefault(d.table(), false),
                        ufw ? Maker.UFW : Maker.IPTABLES))
                .toList();
    }

    List<SipHelper> sipHelpers() {
        return List.copyOf(sipHelpers);
    }
}
