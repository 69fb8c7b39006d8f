package io.portero.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.portero.exposure.Listener.Published;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads destination NAT from a listing by {@code nft -j}, as described in libnftables-json(5).
 *
 * <p>Each rule is read by itself, without the jumps that lead to it. A rule without a port is assumed to forward all
 * ports.
 */
final class NftNat {
    private static final int LOWEST = 1;

    private final Function<MapName, JsonNode> elements;

    /** @param elements asked for the elements of a map that rules name */
    NftNat(Function<MapName, JsonNode> elements) {
        this.elements = elements;
    }

    /** A map in a foreign table. */
    record MapName(String family, String table, String name) {}

    List<Published> parse(JsonNode listing) {
        var found = new ArrayList<Published>();
        for (var object : listing.path("nftables")) {
            if (object.has("rule")) {
                read(object.path("rule"), found);
            }
        }
        return found;
    }

    /** The conditions of one rule. */
    private static final class Asked {
        private Set<Protocol> protocols = new TreeSet<>(Set.of(Protocol.TCP, Protocol.UDP));
        private JsonNode ports = MissingNode.getInstance();
        private final List<AddressRange> addresses = new ArrayList<>();
    }

    private void read(JsonNode rule, List<Published> found) {
        var asked = new Asked();
        for (var statement : rule.path("expr")) {
            var match = statement.path("match");
            if (match.path("op").asText("").equals("==")
                    || match.path("op").asText("").equals("in")) {
                ask(asked, match.path("left"), match.path("right"));
            }
            for (var kind : List.of("dnat", "redirect")) {
                if (statement.has(kind)) {
                    publish(rule, asked, statement.path(kind), found);
                }
            }
        }
    }

    private static void ask(Asked asked, JsonNode left, JsonNode right) {
        var payload = left.path("payload");
        var protocol = payload.path("protocol").asText("");
        switch (payload.path("field").asText("")) {
            case "dport" -> {
                Protocol.of(protocol).ifPresent(p -> asked.protocols = Set.of(p));
                asked.ports = right;
            }
            case "daddr" -> each(right, v -> address(v, asked.addresses));
            case "protocol", "nexthdr" -> asked.protocols = protocols(right);
            default -> {
                if (left.path("meta").path("key").asText("").equals("l4proto")) {
                    asked.protocols = protocols(right);
                }
            }
        }
    }

    private static Set<Protocol> protocols(JsonNode right) {
        var protocols = new TreeSet<Protocol>();
        each(right, v -> Protocol.of(v.asText()).ifPresent(protocols::add));
        return protocols;
    }

    private void publish(JsonNode rule, Asked asked, JsonNode target, List<Published> found) {
        var family = target.path("family").asText(rule.path("family").asText());
        var map = target.findPath("map");
        if (map.path("key").findPath("field").asText("").equals("dport")) {
            Protocol.of(map.path("key").findPath("protocol").asText("")).ifPresent(p -> asked.protocols = Set.of(p));
            for (var element : elements(rule, map.path("data"))) {
                publish(family, asked, element.path(0), words(element.path(1)), found);
            }
        } else {
            publish(family, asked, asked.ports, words(target), found);
        }
    }

    private JsonNode elements(JsonNode rule, JsonNode data) {
        var name = data.asText("");
        return name.startsWith("@")
                ? elements.apply(new MapName(
                        rule.path("family").asText(), rule.path("table").asText(), name.substring(1)))
                : data.path("set");
    }

    private static void publish(String family, Asked asked, JsonNode ports, String to, List<Published> found) {
        var addresses = asked.addresses.isEmpty() ? everywhere(family) : asked.addresses;
        for (var protocol : asked.protocols) {
            if (protocol.hasPorts()) {
                for (var range : ranges(protocol, ports)) {
                    addresses.forEach(a -> found.add(new Published(range, a, to)));
                }
            }
        }
    }

    /** Of nft's families, {@code inet} is both. */
    private static List<AddressRange> everywhere(String family) {
        var v4 = AddressRange.everything(Family.V4);
        var v6 = AddressRange.everything(Family.V6);
        return switch (family) {
            case "ip" -> List.of(v4);
            case "ip6" -> List.of(v6);
            default -> List.of(v4, v6);
        };
    }

    private static List<PortRange> ranges(Protocol protocol, JsonNode ports) {
        var ranges = new ArrayList<PortRange>();
        if (ports.isMissingNode()) {
            ranges.add(new PortRange(protocol, LOWEST, PortRange.HIGHEST));
        }
        each(ports, port -> {
            int first = port.has("range") ? port.path("range").path(0).asInt() : port.asInt();
            int last = port.has("range") ? port.path("range").path(1).asInt() : first;
            if (first >= LOWEST && last <= PortRange.HIGHEST && first <= last) {
                ranges.add(new PortRange(protocol, first, last));
            }
        });
        return ranges;
    }

    private static void address(JsonNode value, List<AddressRange> addresses) {
        var prefix = value.path("prefix");
        var text = prefix.isMissingNode()
                ? value.has("range")
                        ? value.path("range").path(0).asText() + "-"
                                + value.path("range").path(1).asText()
                        : value.asText("")
                : prefix.path("addr").asText() + "/" + prefix.path("len").asText();
        try {
            addresses.add(AddressRange.parse(text));
        } catch (Ip.NotAnAddress e) {
            // A reference to a set: its members are not known, so the rule is assumed to apply to every address.
        }
    }

    private static void each(JsonNode value, Consumer<JsonNode> action) {
        if (value.has("set")) {
            value.path("set").forEach(action);
        } else if (!value.isMissingNode()) {
            action.accept(value);
        }
    }

    /** The target, as {@code ADDRESS:PORT}. */
    private static String words(JsonNode target) {
        if (target.has("concat")) {
            return joined(target.path("concat").path(0), target.path("concat").path(1));
        }
        return target.isValueNode() ? target.asText() : joined(target.path("addr"), target.path("port"));
    }

    private static String joined(JsonNode address, JsonNode port) {
        var host = address.isMissingNode() ? "this host" : address.asText("another host");
        return port.isMissingNode() ? host : (host.contains(":") ? "[" + host + "]" : host) + ":" + port.asText("*");
    }
}
