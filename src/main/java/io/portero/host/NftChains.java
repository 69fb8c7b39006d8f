package io.portero.host;

import com.fasterxml.jackson.databind.JsonNode;
import io.portero.doctor.ForeignBaseChain;
import io.portero.doctor.ForeignBaseChain.Maker;
import io.portero.doctor.HostState.SipHelper;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads base chains that drop what they do not accept, and rules that use the SIP helper or a flowtable, out of
 * listings by {@code nft -j} (libnftables-json(5)).
 *
 * <p>All rules of a table count for its base chains, whatever the jumps. Tables of iptables are skipped: nft does not
 * show the conditions of their matches.
 */
final class NftChains {
    private static final Set<String> JUDGING = Set.of("ingress", "prerouting", "input", "forward");

    private final Map<String, Table> tables = new HashMap<>();

    /** What the rules of a table say. */
    private static final class Table {
        private final List<JsonNode> base = new ArrayList<>();
        private final Set<String> endsInDrop = new HashSet<>();
        private final List<PortRange> accepted = new ArrayList<>();
        private final Set<String> sipHelpers = new HashSet<>();
        private final Set<String> usedHelpers = new HashSet<>();
        private final Set<String> usedFlowtables = new TreeSet<>();
        private boolean acceptsAll;
        private boolean iptables;
    }

    void add(JsonNode listing) {
        for (var object : listing.path("nftables")) {
            if (object.has("chain") && object.path("chain").has("hook")) {
                table(object.path("chain")).base.add(object.path("chain"));
            } else if (object.has("ct helper")) {
                helper(object.path("ct helper"));
            } else if (object.has("rule")) {
                rule(object.path("rule"));
            }
        }
    }

    private Table table(JsonNode object) {
        return tables.computeIfAbsent(
                object.path("family").asText() + " " + object.path("table").asText(), n -> new Table());
    }

    private void helper(JsonNode helper) {
        if (helper.path("type").asText().equals("sip")) {
            table(helper).sipHelpers.add(helper.path("name").asText());
        }
    }

    private void rule(JsonNode rule) {
        var table = table(rule);
        boolean matches = false;
        boolean onlyOld = false;
        boolean loopback = false;
        List<PortRange> ports = List.of();
        var chain = rule.path("chain").asText();
        table.endsInDrop.remove(chain); // the last rule counts
        for (var statement : rule.path("expr")) {
            if (statement.has("xt")) {
                table.iptables = true;
            }
            if (statement.has("ct helper")) {
                table.usedHelpers.add(statement.path("ct helper").asText());
            }
            if (statement.has("flow")) {
                table.usedFlowtables.add(
                        statement.path("flow").path("flowtable").asText().replaceFirst("^@", ""));
            }
            var match = statement.path("match");
            if (!match.isMissingNode()) {
                matches = true;
                var left = match.path("left");
                var right = match.path("right");
                onlyOld |= left.path("ct").path("key").asText().equals("state")
                        && !right.toString().contains("new");
                loopback |= left.path("meta").path("key").asText().startsWith("iif")
                        && right.asText().equals("lo");
                if (left.path("payload").path("field").asText().equals("dport")) {
                    ports = ports(left.path("payload").path("protocol").asText(), right);
                } else if (ports.isEmpty() && isOtherProtocol(left, right)) {
                    loopback = true; // ICMP has no ports
                }
            }
            if (statement.has("vmap") && statement.toString().contains("\"accept\"")) {
                vmap(table, statement.path("vmap"));
            }
            if (statement.has("accept") && !onlyOld && !loopback) {
                table.acceptsAll |= ports.isEmpty();
                table.accepted.addAll(ports);
            }
            if ((statement.has("drop") || statement.has("reject")) && !matches) {
                table.endsInDrop.add(chain);
            }
        }
    }

    /** Almost every firewall begins with a map from states or interfaces. */
    private static void vmap(Table table, JsonNode vmap) {
        var field = vmap.path("key").path("payload").path("field").asText();
        if (field.equals("dport")) {
            for (var pair : vmap.path("data").path("set")) {
                if (pair.path(1).has("accept")) {
                    table.accepted.addAll(ports(
                            vmap.path("key").path("payload").path("protocol").asText(), pair.path(0)));
                }
            }
        }
    }

    private static boolean isOtherProtocol(JsonNode left, JsonNode right) {
        var key = left.path("meta").path("key").asText()
                + left.path("payload").path("field").asText();
        var protocol = left.path("payload").path("protocol").asText();
        return protocol.startsWith("icmp")
                || Set.of("l4proto", "protocol", "nexthdr").contains(key)
                        && Stream.of("icmp", "igmp", "esp", "ah", "gre", "vrrp")
                                .anyMatch(p -> right.toString().contains(p));
    }

    private static List<PortRange> ports(String protocol, JsonNode right) {
        var protocols = protocol.equals("th")
                ? List.of(Protocol.TCP, Protocol.UDP)
                : Protocol.of(protocol).stream().toList();
        var found = new ArrayList<PortRange>();
        for (var known : protocols) {
            var values = right.has("set") ? right.path("set") : List.of(right);
            for (var value : values) {
                int first = value.has("range") ? value.path("range").path(0).asInt() : value.asInt();
                int last = value.has("range") ? value.path("range").path(1).asInt() : first;
                if (value.isTextual() && value.asText().startsWith("@")) {
                    first = 1; // the members of foreign sets are not read: they may hold any port
                    last = PortRange.HIGHEST;
                }
                if (known.hasPorts() && first >= 1 && last <= PortRange.HIGHEST && first <= last) {
                    found.add(new PortRange(known, first, last));
                }
            }
        }
        return found;
    }

    List<ForeignBaseChain> dropping() {
        var found = new ArrayList<ForeignBaseChain>();
        tables.values().stream()
                .filter(t -> !t.iptables)
                .forEach(table -> table.base.stream()
                        .filter(c -> JUDGING.contains(c.path("hook").asText()))
                        .filter(c -> c.path("policy").asText().equals("drop")
                                || table.endsInDrop.contains(c.path("name").asText()))
                        .forEach(c -> found.add(new ForeignBaseChain(
                                c.path("family").asText(),
                                c.path("table").asText(),
                                c.path("name").asText(),
                                c.path("hook").asText(),
                                c.path("prio").asInt(),
                                table.accepted,
                                table.acceptsAll,
                                c.path("table").asText().equals("firewalld") ? Maker.FIREWALLD : Maker.NFT))));
        return found;
    }

    /** Whether the rules were made by iptables; nft does not show such rules in full. */
    boolean hasIptables(String family) {
        return tables.entrySet().stream().anyMatch(e -> e.getKey().startsWith(family + " ") && e.getValue().iptables);
    }

    /** The flowtables that rules put flows into, named by family, table and name. */
    List<String> flowtables() {
        return tables.entrySet().stream()
                .flatMap(e -> e.getValue().usedFlowtables.stream().map(name -> e.getKey() + " " + name))
                .sorted()
                .toList();
    }

    List<SipHelper> sipHelpers() {
        var found = new ArrayList<SipHelper>();
        tables.forEach((name, table) -> {
            if (table.usedHelpers.stream().anyMatch(table.sipHelpers::contains)) {
                found.add(new SipHelper("table " + name, false));
            }
        });
        return found;
    }
}
