package io.portero.doctor;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * A base chain of another program that drops all packets that it does not accept.
 *
 * @param family for example {@code ip}
 * @param accepted the ports that rules of its table accept, even if only for some sources
 * @param acceptsAll whether a rule accepts packets to every port
 * @param maker the program that created it, as far as known
 */
public record ForeignBaseChain(
        String family,
        String table,
        String chain,
        String hook,
        int priority,
        List<PortRange> accepted,
        boolean acceptsAll,
        Maker maker) {
    public ForeignBaseChain {
        accepted = PortRange.canonical(accepted);
    }

    /** Whether both describe the same chain, read in two ways. */
    public boolean isSameChain(ForeignBaseChain other) {
        return name().equals(other.name());
    }

    String name() {
        return family + " " + table + " " + chain;
    }

    /** A program that creates tables. */
    public enum Maker {
        UFW,
        FIREWALLD,
        IPTABLES,
        NFT
    }

    /** The remedy as a command of the program that created the chain. */
    String remedy(List<PortRange> closed) {
        return switch (maker) {
            case UFW ->
                closed.stream()
                                .map(p -> "ufw allow " + colon(p) + "/"
                                        + p.protocol().word())
                                .collect(Collectors.joining(" && "))
                        + "; or ufw disable";
            case FIREWALLD ->
                closed.stream()
                                .map(p -> "firewall-cmd --permanent --add-port=" + p)
                                .collect(Collectors.joining(" && "))
                        + " && firewall-cmd --reload; or systemctl disable --now firewalld.service";
            case IPTABLES ->
                byProtocol(
                                closed,
                                (protocol, ports) -> (family.equals("ip6") ? "ip6tables" : "iptables") + " -t " + table
                                        + " -I " + chain + " -p " + protocol + " -m multiport --dports "
                                        + ports.stream()
                                                .map(ForeignBaseChain::colon)
                                                .collect(Collectors.joining(","))
                                        + " -j ACCEPT")
                        + ", and add it where these rules are stored";
            case NFT ->
                byProtocol(
                                closed,
                                (protocol, ports) -> "nft insert rule " + name() + " " + protocol + " dport { "
                                        + ports.stream()
                                                .map(p -> p.toString().split("/")[0])
                                                .collect(Collectors.joining(", "))
                                        + " } accept")
                        + ", and add it to the file that creates this table";
        };
    }

    private static String byProtocol(List<PortRange> closed, BiFunction<String, List<PortRange>, String> line) {
        return closed.stream()
                .collect(Collectors.groupingBy(PortRange::protocol, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(e -> line.apply(e.getKey().word(), e.getValue()))
                .collect(Collectors.joining(" && "));
    }

    /** A range in the syntax of iptables and ufw. */
    private static String colon(PortRange ports) {
        return ports.toString().split("/")[0].replace('-', ':');
    }
}
