package io.portero.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.portero.migration.Chain.Action;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parses one rule of nft's listing; a verdict map counts as one rule for each entry. */
final class NftRule {
    private static final Set<String> ANSWERS = Set.of("established", "related", "invalid", "untracked");
    private static final Set<String> PINGS = Set.of("echo-request", "8", "128");
    private static final Set<String> SILENT = Set.of("counter", "log", "mangle", "ct helper", "notrack");

    private final JsonNode rule;
    private final AddressSet everybody;
    private final Function<String, @Nullable JsonNode> sets;
    private Match match;
    private Action action = new Action.Nothing();
    private @Nullable JsonNode map;

    NftRule(JsonNode rule, AddressSet everybody, Function<String, @Nullable JsonNode> sets) {
        this.rule = rule;
        this.everybody = everybody;
        this.sets = sets;
        this.match = Match.all(everybody);
    }

    List<Chain.Rule> read(String where) {
        for (var statement : rule.path("expr")) {
            statement.properties().forEach(entry -> statement(entry.getKey(), entry.getValue()));
        }
        var text = NftRuleText.of(rule);
        var note = rule.path("comment").asText();
        if (map == null) {
            return List.of(new Chain.Rule(where, text, match, action, note));
        }
        var common = match;
        var all = new ArrayList<Chain.Rule>();
        for (var entry : elements(map.path("data"))) {
            match = common;
            action = new Action.Nothing();
            compare(map.path("key"), "==", entry.path(0));
            entry.path(1).properties().forEach(verdict -> statement(verdict.getKey(), verdict.getValue()));
            all.add(new Chain.Rule(where, text, match, action, note));
        }
        return all;
    }

    private void statement(String name, JsonNode value) {
        switch (name) {
            case "accept" -> action = new Action.Admit();
            case "drop", "reject" -> action = new Action.Refuse();
            case "return" -> action = new Action.Return();
            case "jump" -> action = new Action.Jump(value.path("target").asText(), true);
            case "goto" -> action = new Action.Jump(value.path("target").asText(), false);
            case "match" -> compare(value.path("left"), value.path("op").asText(), value.path("right"));
            case "vmap" -> map = value;
            case "limit" -> odd("its limit counts the packets of all sources together");
            case "continue" -> {} // as if the statement were absent
            default -> {
                if (!SILENT.contains(name)) {
                    odd("a policy has no " + name);
                }
            }
        }
    }

    private void odd(String why) {
        match = match.odd(why);
    }

    private void compare(JsonNode left, String operator, JsonNode right) {
        boolean inverted = operator.equals("!=");
        if (!inverted && !operator.equals("==") && !operator.equals("in")) {
            odd("a policy cannot match with " + operator);
            return;
        }
        var payload = left.path("payload");
        var meta = left.path("meta").path("key").asText();
        var ct = left.path("ct").path("key").asText();
        if (!payload.isMissingNode()) {
            payload(payload.path("protocol").asText(), payload.path("field").asText(), inverted, elements(right));
        } else if (!meta.isEmpty()) {
            meta(meta, inverted, elements(right));
        } else if (ct.equals("state")) {
            state(inverted, NftValues.words(elements(right)));
        } else if (left.has("fib")) {
            fib(inverted, NftValues.words(elements(right)));
        } else {
            odd("a policy cannot match " + (ct.isEmpty() ? left.toString() : "ct " + ct));
        }
    }

    private void payload(String protocol, String field, boolean inverted, List<JsonNode> values) {
        switch (protocol + " " + field) {
            case "ip saddr", "ip6 saddr" -> {
                var all = protocol.equals("ip") ? ForeignRule.ALL_V4 : ForeignRule.ALL_V6;
                var named = addresses(values);
                match = match.from(inverted ? all.minus(named) : named);
            }
            case "ip daddr", "ip6 daddr" -> to(inverted, addresses(values));
            case "ip protocol", "ip6 nexthdr" -> protocols(inverted, NftValues.words(values));
            case "icmp type", "icmpv6 type" -> {
                match = match.kind(
                        NftValues.words(values).stream().anyMatch(PINGS::contains) != inverted
                                ? Match.Kind.PING
                                : Match.Kind.SETTLED);
            }
            default -> {
                if (field.equals("dport")) {
                    ports(protocol, inverted, values);
                } else if (field.equals("sport")) {
                    odd("it matches the source port, which any sender can choose");
                } else {
                    odd("a policy cannot match " + protocol + " " + field);
                }
            }
        }
    }

    private void to(boolean inverted, AddressSet named) {
        if (inverted) {
            odd("it matches all addresses of this host except some");
        } else {
            match = match.to(named.ranges().stream().map(AddressRange::toString).toList());
        }
    }

    private void ports(String protocol, boolean inverted, List<JsonNode> values) {
        if (inverted) {
            odd("it matches all ports except some");
            return;
        }
        try {
            var found = new ArrayList<PortRange>();
            for (var value : values) {
                var range = value.path("range");
                var words = range.isMissingNode()
                        ? value.asText()
                        : range.path(0).asText() + "-" + range.path(1).asText();
                for (var name : protocol.equals("th") ? List.of("tcp", "udp") : List.of(protocol)) {
                    found.add(PortRange.parse(words + "/" + name));
                }
            }
            match = match.ports(found);
        } catch (PortRange.NotAPort e) {
            odd("its ports cannot be written in a policy");
        }
    }

    private void meta(String key, boolean inverted, List<JsonNode> values) {
        switch (key) {
            case "iifname", "iif" -> interfaces(inverted, NftValues.words(values));
            case "l4proto" -> protocols(inverted, NftValues.words(values));
            case "nfproto", "protocol" -> {
                var named = NftValues.words(values).stream().anyMatch(w -> w.equals("ipv6") || w.equals("ip6"))
                        ? ForeignRule.ALL_V6
                        : ForeignRule.ALL_V4;
                match = match.from(inverted ? everybody.minus(named) : named);
            }
            default -> odd("a policy cannot match meta " + key);
        }
    }

    private void interfaces(boolean inverted, Set<String> names) {
        if (names.equals(Set.of("lo")) || names.equals(Set.of("1"))) {
            if (!inverted) {
                match = match.kind(Match.Kind.SETTLED);
            }
        } else if (inverted) {
            odd("it matches all interfaces except some");
        } else {
            match = match.on(List.copyOf(names));
        }
    }

    private void protocols(boolean inverted, Set<String> names) {
        if (inverted) {
            odd("it matches all protocols except some");
        } else if (names.stream().allMatch(n -> n.equals("icmp") || n.equals("ipv6-icmp") || n.equals("icmpv6"))) {
            match = match.kind(Match.Kind.PING);
        } else {
            try {
                var found = new ArrayList<PortRange>();
                for (var name : names) {
                    found.add(UfwRules.whole(name.matches("\\d+") ? "protocol:" + name : name));
                }
                match = match.ports(found);
            } catch (PortRange.NotAPort e) {
                odd("a policy does not know the protocol " + String.join(", ", names));
            }
        }
    }

    private void state(boolean inverted, Set<String> states) {
        var wanted = new TreeSet<>(states);
        boolean hasNew = wanted.remove("new");
        if (!ANSWERS.containsAll(wanted)) {
            odd("a policy has no state " + String.join(",", wanted));
        } else if (hasNew == inverted) {
            match = match.kind(Match.Kind.SETTLED);
        }
    }

    private void fib(boolean inverted, Set<String> types) {
        if (types.equals(Set.of("local")) != inverted) {
            return; // Portero judges packets to this host
        }
        odd("a policy cannot match the type of a destination");
    }

    /** The values of a set, a range or a single value; the content of sets that are filled at run time is unknown. */
    private List<JsonNode> elements(JsonNode value) {
        if (value.has("set")) {
            return NftValues.flat(value.path("set"));
        }
        if (value.isTextual() && value.asText().startsWith("@")) {
            var set = sets.apply(value.asText().substring(1));
            if (set == null || set.path("elem").isEmpty()) {
                odd("the set " + value.asText() + " is empty, or another program fills it");
                return List.of();
            }
            return NftValues.flat(set.path("elem"));
        }
        return value.isArray() ? NftValues.flat(value) : List.of(value);
    }

    private AddressSet addresses(List<JsonNode> values) {
        var all = new ArrayList<AddressRange>();
        for (var value : values) {
            try {
                all.add(AddressRange.parse(NftValues.address(value)));
            } catch (Ip.NotAnAddress e) {
                odd("it matches something that is not an address");
            }
        }
        return AddressSet.of(all);
    }
}
