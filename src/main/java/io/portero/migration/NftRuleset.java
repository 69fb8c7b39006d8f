package io.portero.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.migration.ForeignRules.Reading;
import io.portero.policy.AddressSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the output of {@code nft -j list ruleset}.
 *
 * <p>Base chains of type filter at the hooks input and prerouting concern incoming packets. If the default of a chain
 * is to accept, only its refusals count.
 */
public final class NftRuleset {
    private static final Set<String> FAMILIES = Set.of("inet", "ip", "ip6");
    private static final Set<String> HOOKS = Set.of("input", "prerouting");

    private final Reading reading = new Reading();
    private final Map<String, List<Chain.Rule>> rules = new LinkedHashMap<>();
    private final Map<String, JsonNode> bases = new LinkedHashMap<>();
    private final Map<String, JsonNode> sets = new LinkedHashMap<>();
    private final Set<String> told = new java.util.TreeSet<>();

    private NftRuleset() {}

    /** Nothing if the text is no such listing. */
    public static Optional<ForeignRules> read(String json) {
        try {
            var listing = new ObjectMapper().readTree(json).path("nftables");
            return listing.isArray() ? Optional.of(new NftRuleset().read(listing)) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private ForeignRules read(JsonNode listing) {
        for (var object : listing) {
            object.properties().forEach(entry -> take(entry.getKey(), entry.getValue()));
        }
        for (var object : listing) {
            if (object.has("rule")) {
                rule(object.path("rule"));
            }
        }
        var shut = AddressSet.EMPTY;
        var ping = AddressSet.EMPTY;
        var refusals = new ArrayList<ForeignRule>();
        var admissions = new ArrayList<ForeignRule>();
        for (var base : bases.entrySet()) {
            var one = follow(base.getKey(), base.getValue());
            one.left().forEach(reading::left);
            if (one.closed()) {
                if (!ForeignRule.shared(shut, everybody(base.getValue())).isEmpty()) {
                    reading.left("chain " + base.getKey() + ": a packet must pass both this chain and another one,"
                            + " but the policy admits what either of them admits; remove what is too much");
                }
                shut = shut.union(everybody(base.getValue()));
                ping = ping.union(one.ping());
                admissions.addAll(one.rules());
            } else {
                refusals.addAll(one.rules().stream().filter(r -> !r.admits()).toList());
                if (base.getValue().path("hook").asText().equals("input")) {
                    admissions.addAll(
                            one.rules().stream().filter(ForeignRule::admits).toList());
                }
            }
        }
        refusals.forEach(reading::rule);
        admissions.forEach(reading::rule);
        reading.ping(ping);
        return reading.end(shut.equals(ForeignRule.ANYBODY));
    }

    private void take(String kind, JsonNode object) {
        switch (kind) {
            case "chain" -> chain(object);
            case "set" -> sets.put(key(object) + "@" + object.path("name").asText(), object);
            default -> {} // tables, counters and rules: read later
        }
    }

    private void chain(JsonNode chain) {
        var name = key(chain) + " " + chain.path("name").asText();
        if (!FAMILIES.contains(chain.path("family").asText())) {
            return;
        }
        rules.put(name, new ArrayList<>());
        var hook = chain.path("hook").asText();
        if (chain.path("type").asText().equals("filter") && HOOKS.contains(hook)) {
            bases.put(name, chain);
        } else if (!hook.isEmpty() && told.add(name)) {
            reading.left(
                    "chain " + name,
                    chain.path("type").asText() + " at " + hook,
                    hook.equals("output")
                            ? "it is about packets that this host sends; carry it over by hand, below outgoing"
                            : "Portero does not filter forwarded packets and does no NAT");
        }
    }

    /** Family and table. */
    private static String key(JsonNode object) {
        return object.path("family").asText() + " " + object.path("table").asText();
    }

    private static AddressSet everybody(JsonNode object) {
        return switch (object.path("family").asText()) {
            case "ip" -> ForeignRule.ALL_V4;
            case "ip6" -> ForeignRule.ALL_V6;
            default -> ForeignRule.ANYBODY;
        };
    }

    private ForeignRules follow(String name, JsonNode base) {
        var table = key(base) + " ";
        var chains = new LinkedHashMap<String, Chain>();
        rules.forEach((key, in) -> {
            if (key.startsWith(table)) {
                var closed = key.equals(name) && base.path("policy").asText().equals("drop");
                chains.put(key.substring(table.length()), new Chain(key, closed, in));
            }
        });
        var own = new Reading();
        var first =
                java.util.Objects.requireNonNull(chains.get(base.path("name").asText()));
        return own.end(new ChainWalk(chains, own).from(first, everybody(base)));
    }

    private void rule(JsonNode rule) {
        var name = key(rule) + " " + rule.path("chain").asText();
        var in = rules.get(name);
        if (in != null) {
            var where = "chain " + name + ", rule " + (in.size() + 1);
            in.addAll(new NftRule(rule, everybody(rule), n -> sets.get(key(rule) + "@" + n)).read(where));
        }
    }
}
