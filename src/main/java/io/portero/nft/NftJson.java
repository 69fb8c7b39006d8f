package io.portero.nft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.compile.Chain.Hook;
import io.portero.compile.VerdictMap.Interval;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Reads what {@code nft -j} lists, as described in libnftables-json(5).
 *
 * <p>Foreign things in our table must not make it illegible: what no policy of ours ever makes is noted as being there and
 * read no further.
 */
final class NftJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** What a table may be flagged with and still work; nft 1.0.6 prints the table's name where it means dormant. */
    private static final Set<String> AWAKE_FLAGS = Set.of("owner", "persist");

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

    /** Thrown for output that is not what nft prints. */
    static final class Illegible extends RuntimeException {
        Illegible(String what) {
            super(what, null, false, false);
        }
    }

    static Snapshot snapshot(String json) {
        var reading = new NftJson();
        each(json, reading::object);
        return reading.snapshot();
    }

    static Map<String, Count> counters(String json) {
        var counts = new TreeMap<String, Count>();
        each(json, (kind, body) -> {
            if (kind.equals("counter")) {
                counts.put(
                        text(body, "name"),
                        new Count(
                                body.path("packets").asLong(),
                                body.path("bytes").asLong()));
            }
        });
        return counts;
    }

    /** The members of a set with timeouts. */
    static List<TimedMember> members(String json) {
        var members = new ArrayList<TimedMember>();
        each(json, (kind, body) -> {
            if (kind.equals("set")) {
                members.addAll(timed(body.path("elem")));
            }
        });
        return members;
    }

    /** @param memory how long after its last packet a source is forgotten */
    static List<DroppedSource> dropped(String json, Duration memory) {
        var dropped = new ArrayList<DroppedSource>();
        each(json, (kind, body) -> {
            if (kind.equals("set")) {
                body.path("elem").forEach(e -> source(e.path("elem"), memory).ifPresent(dropped::add));
            }
        });
        return dropped;
    }

    private static Optional<DroppedSource> source(JsonNode element, Duration memory) {
        var value = element.path("val");
        var concat = value.path("concat");
        try {
            var source = Ip.parse((concat.isArray() ? concat.path(0) : value).asText());
            Optional<PortRange> wanted = concat.isArray()
                    ? Optional.of(PortRange.parse(
                            concat.path(2).asText() + "/" + concat.path(1).asText()))
                    : Optional.empty();
            var count = new Count(
                    element.path("counter").path("packets").asLong(),
                    element.path("counter").path("bytes").asLong());
            long left = element.path("expires").asLong(memory.toSeconds());
            return Optional.of(new DroppedSource(source, wanted, count, memory.minusSeconds(left)));
        } catch (Ip.NotAnAddress | PortRange.NotAPort e) {
            return Optional.empty(); // to port 0, which no policy can name
        }
    }

    private static void each(String json, BiConsumer<String, JsonNode> object) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Illegible("not JSON");
        }
        var list = root.path("nftables");
        if (!list.isArray()) {
            throw new Illegible("no list of objects");
        }
        for (var entry : list) {
            entry.properties().forEach(e -> object.accept(e.getKey(), e.getValue()));
        }
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

    private void object(String kind, JsonNode body) {
        switch (kind) {
            case "metainfo" -> lister = "nft " + body.path("version").asText();
            case "table" -> table(body);
            case "counter" -> counters.add(text(body, "name"));
            case "set" -> sets.put(text(body, "name"), set(body));
            case "map" -> maps.put(text(body, "name"), map(body));
            case "chain" -> hooks.put(text(body, "name"), hook(body));
            case "rule" ->
                rules.computeIfAbsent(text(body, "chain"), c -> new ArrayList<>())
                        .add(rule(body));
            case "element" -> {}
            default -> others.add(new Snapshot.Other(kind, text(body, "name")));
        }
    }

    private void table(JsonNode body) {
        present = true;
        dormant = !AWAKE_FLAGS.containsAll(words(body.path("flags")));
    }

    private static ActualSet set(JsonNode body) {
        var flags = words(body.path("flags")).stream()
                .filter(f -> !f.equals("dynamic")) // nft 1.0.6 does not tell it, 1.1.3 does
                .collect(Collectors.toUnmodifiableSet());
        boolean timed = flags.contains("timeout");
        return new ActualSet(
                text(body, "name"),
                type(body),
                flags,
                timed ? AddressSet.EMPTY : addresses(body.path("elem")),
                timed ? timed(body.path("elem")) : List.of());
    }

    private static List<TimedMember> timed(JsonNode elements) {
        var members = new ArrayList<TimedMember>(elements.size());
        for (var element : elements) {
            var body = element.path("elem");
            Optional<Duration> left = body.has("expires")
                    ? Optional.of(Duration.ofSeconds(body.path("expires").asLong()))
                    : Optional.empty();
            range(element)
                    .ifPresent(r -> members.add(
                            new TimedMember(r, left, body.path("comment").asText(""))));
        }
        return members;
    }

    private static AddressSet addresses(JsonNode elements) {
        var ranges = new ArrayList<AddressRange>(elements.size());
        for (var element : elements) {
            range(element).ifPresent(ranges::add);
        }
        return AddressSet.of(ranges);
    }

    private static Optional<AddressRange> range(JsonNode element) {
        try {
            if (element.has("elem")) {
                return range(element.path("elem").path("val"));
            }
            var prefix = element.path("prefix");
            if (!prefix.isMissingNode()) {
                return Optional.of(AddressRange.network(
                        Ip.parse(text(prefix, "addr")), prefix.path("len").asInt()));
            }
            var range = element.path("range");
            return Optional.of(
                    range.isArray()
                            ? new AddressRange(
                                    Ip.parse(range.path(0).asText()),
                                    Ip.parse(range.path(1).asText()))
                            : AddressRange.of(Ip.parse(element.asText())));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty(); // an element of some other type
        }
    }

    private static ActualMap map(JsonNode body) {
        var targets = new TreeMap<Interval, String>();
        boolean legible = text(body, "map").equals("verdict");
        for (var element : body.path("elem")) {
            var interval = interval(element.path(0));
            var target = element.path(1).path("goto").path("target");
            if (interval.isPresent() && target.isTextual()) {
                targets.put(interval.get(), target.asText());
            } else {
                legible = false;
            }
        }
        return new ActualMap(text(body, "name"), type(body), words(body.path("flags")), targets, legible);
    }

    private static Optional<Interval> interval(JsonNode key) {
        var range = key.path("range");
        if (range.isArray()) {
            return Optional.of(new Interval(range.path(0).asInt(), range.path(1).asInt()));
        }
        if (key.path("prefix").isObject()) {
            return Optional.of(prefixed(key.path("prefix")));
        }
        return number(key).map(n -> new Interval(n, n));
    }

    /** Some versions print a range of ports that is a power of two as a prefix. */
    private static Interval prefixed(JsonNode prefix) {
        int first = prefix.path("addr").asInt();
        return new Interval(
                first, first | PortRange.HIGHEST >>> prefix.path("len").asInt());
    }

    /** A port, or a protocol, which is listed by name where the host has a file of names. */
    private static Optional<Integer> number(JsonNode node) {
        if (node.isInt()) {
            return Optional.of(node.asInt());
        }
        return switch (node.asText()) {
            case "icmp" -> Optional.of(1);
            case "tcp" -> Optional.of(6);
            case "udp" -> Optional.of(17);
            case "gre" -> Optional.of(47);
            case "esp" -> Optional.of(50);
            case "ah" -> Optional.of(51);
            case "ipv6-icmp", "icmpv6" -> Optional.of(58);
            case "vrrp" -> Optional.of(112);
            case "sctp" -> Optional.of(132);
            default -> Optional.empty();
        };
    }

    private static Optional<Hook> hook(JsonNode body) {
        return body.has("hook")
                ? Optional.of(new Hook(
                        text(body, "type"),
                        text(body, "hook"),
                        body.path("prio").asInt(),
                        text(body, "policy")))
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

    /** The key type, its parts joined as nft's own language does. */
    private static String type(JsonNode body) {
        var type = body.path("type");
        return type.isArray()
                ? StreamSupport.stream(type.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(" . "))
                : type.asText();
    }

    private static Set<String> words(JsonNode node) {
        return node.isArray()
                ? StreamSupport.stream(node.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.toUnmodifiableSet())
                : node.isTextual() ? Set.of(node.asText()) : Set.of();
    }

    private static String text(JsonNode body, String field) {
        return body.path(field).asText();
    }
}
