package io.portero.nft;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.compile.Chain.Hook;
import io.portero.compile.NamedSet;
import io.portero.compile.StageChange;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.stage.StageTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads the listing of our table by {@code nft -j}.
 *
 * <p>Foreign objects in our table must not make it illegible: an object of a kind that we never create is recorded but
 * not parsed.
 */
final class NftJson {
    /** The flags with which a table still works; nft 1.0.6 prints the table's name instead of dormant. */
    private static final Set<String> AWAKE_FLAGS = Set.of("owner", "persist");

    private static final Duration STAGED = NamedSet.Seen.flows(Family.V4).memory();

    private final TreeSet<String> counters = new TreeSet<>();
    private final Map<String, ActualSet> sets = new TreeMap<>();
    private final Map<String, ActualMap> maps = new TreeMap<>();
    private final Map<String, Optional<Hook>> hooks = new TreeMap<>();
    private final Map<String, List<ActualRule>> rules = new TreeMap<>();
    private final List<Snapshot.Other> others = new ArrayList<>();
    private String lister = "";
    private boolean present;
    private boolean dormant;

    private NftJson() {}

    static Snapshot snapshot(String json) {
        var reading = new NftJson();
        Listing.objects(json, reading::object);
        return reading.snapshot();
    }

    static Map<String, Count> counters(String json) {
        var counts = new TreeMap<String, Count>();
        Listing.objects(json, (kind, value) -> {
            if (kind.equals("counter")) {
                var body = Listing.tree(value);
                counts.put(
                        Listing.text(body, "name"),
                        new Count(
                                body.path("packets").asLong(),
                                body.path("bytes").asLong()));
            } else {
                value.skipChildren();
            }
        });
        return counts;
    }

    /** The members of a set with timeouts. */
    static List<TimedMember> members(String json) {
        var members = new ArrayList<TimedMember>();
        sets(json, set -> SetJson.members(set, members::add));
        return members;
    }

    /** @param memory the time after its last packet when a source is forgotten */
    static List<DroppedSource> dropped(String json, Duration memory) {
        var dropped = new ArrayList<DroppedSource>();
        sets(json, set -> SetJson.dropped(set, memory, dropped::add));
        return dropped;
    }

    /** What the table of a staged policy has counted and remembered. */
    static StageTable.Differences differences(String json) {
        var found = new ArrayList<StageTable.Source>();
        sets(
                json,
                set -> SetJson.named(
                        set,
                        STAGED,
                        (name, source) -> Stream.of(StageChange.values())
                                .flatMap(change -> change.serviceOfSet(name).stream()
                                        .map(service -> new StageTable.Source(change, service, source)))
                                .forEach(found::add)));
        return new StageTable.Differences(counters(json), found);
    }

    private static void sets(String json, Listing.Each reader) {
        Listing.objects(json, (kind, value) -> {
            if (kind.equals("set")) {
                reader.read(value);
            } else {
                value.skipChildren();
            }
        });
    }

    private Snapshot snapshot() {
        var chains = new TreeMap<String, ActualChain>();
        hooks.forEach((name, hook) ->
                chains.put(name, new ActualChain(name, hook, List.copyOf(rules.getOrDefault(name, List.of())))));
        return new Snapshot(
                present ? lister : "",
                present,
                dormant,
                counters,
                new TreeMap<>(sets),
                new TreeMap<>(maps),
                chains,
                others);
    }

    private void object(String kind, JsonParser value) throws IOException {
        if (kind.equals("set")) {
            var set = SetJson.set(value);
            sets.put(set.name(), set);
        } else {
            object(kind, Listing.tree(value));
        }
    }

    private void object(String kind, JsonNode body) {
        var name = Listing.text(body, "name");
        switch (kind) {
            case "metainfo" -> lister = "nft " + Listing.text(body, "version");
            case "table" -> table(body);
            case "counter" -> counters.add(name);
            case "map" -> maps.put(name, MapJson.map(body));
            case "chain" -> hooks.put(name, hook(body));
            case "rule" ->
                rules.computeIfAbsent(Listing.text(body, "chain"), c -> new ArrayList<>())
                        .add(rule(body));
            case "element" -> {}
            default -> others.add(new Snapshot.Other(kind, name));
        }
    }

    private void table(JsonNode body) {
        present = true;
        dormant = !AWAKE_FLAGS.containsAll(Listing.words(body.path("flags")));
    }

    private static Optional<Hook> hook(JsonNode body) {
        return body.has("hook")
                ? Optional.of(new Hook(
                        Listing.text(body, "type"),
                        Listing.text(body, "hook"),
                        body.path("prio").asInt(),
                        Listing.text(body, "policy")))
                : Optional.empty();
    }

    private static ActualRule rule(JsonNode body) {
        var expression = body.path("expr");
        var lookups = new TreeSet<String>();
        collectLookups(expression, lookups);
        return new ActualRule(body.path("comment").asText(""), expression.toString(), lookups);
    }

    private static void collectLookups(JsonNode node, Set<String> lookups) {
        if (node.isTextual() && node.asText().startsWith("@")) {
            lookups.add(node.asText().substring(1));
        }
        node.forEach(child -> collectLookups(child, lookups));
    }
}
