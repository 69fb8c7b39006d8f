package io.portero.reconcile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Ban;
import io.portero.apply.Firewall.Count;
import io.portero.compile.Reason;
import io.portero.compile.ServiceNames;
import io.portero.drift.Culprit;
import io.portero.exposure.Reachability;
import io.portero.names.NameState;
import io.portero.policy.Family;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Writes a status as JSON, the same for the command, the file and the network. */
public final class StatusJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** A status stays small however long the lists are; how many there are is told beside. */
    private static final int RANGES_SHOWN = 20;

    private final String version;
    private final String runtime;
    private final Facts facts;
    private final Supplier<List<History.Entry>> history;
    private volatile Judged judged = new Judged(Optional.empty(), NODES.objectNode());

    public StatusJson(String version, String runtime, Facts facts) {
        this(version, runtime, facts, List::of);
    }

    /** @param history what happened of late, newest first */
    public StatusJson(String version, String runtime, Facts facts, Supplier<List<History.Entry>> history) {
        this.version = version;
        this.runtime = runtime;
        this.facts = facts;
        this.history = history;
    }

    /**
     * What is known elsewhere and told with a status; each is asked once for each.
     *
     * @param listening whether metrics can be had over the network
     * @param hearing whether changes by other programs are heard of as they happen
     * @param neighbours sentences about other firewalls on this host
     * @param unwritten how many lines of the audit trail could not be written
     * @param names how things stand with the names of the policy
     * @param nft how nft bears up
     * @param knocks who was refused; given true, also by what they wanted, which is known while nothing is dropped
     */
    public record Facts(
            Supplier<Map<String, Count>> counters,
            BooleanSupplier listening,
            BooleanSupplier hearing,
            LongSupplier unwritten,
            Supplier<List<String>> neighbours,
            Supplier<List<NameState>> names,
            Function<Boolean, Knocks.Report> knocks,
            Supplier<Nft> nft) {
        /** What is so when nothing runs beside. */
        public static final Facts NONE = new Facts(
                Map::of,
                () -> false,
                () -> false,
                () -> 0,
                List::of,
                List::of,
                observing -> Knocks.Report.NONE,
                () -> Nft.UNKNOWN);

        /** The same with these counters, and without what only the kernel can tell. */
        public Facts withoutAsking(Supplier<Map<String, Count>> others) {
            return new Facts(others, listening, hearing, unwritten, neighbours, names, NONE.knocks, nft);
        }
    }

    /**
     * Which nft is used.
     *
     * @param version empty when it does not say
     * @param crashes how often a signal killed it
     * @param problem what is wrong with it and the way out
     */
    public record Nft(String program, String version, long crashes, Optional<String> problem) {
        static final Nft UNKNOWN = new Nft("nft", "", 0, Optional.empty());
    }

    /** Who reaches what under a policy, worked out once for each. */
    private record Judged(Optional<Policy> policy, ObjectNode reachability) {}

    public ObjectNode of(Status status) {
        var counts = facts.counters().get();
        var root = NODES.objectNode();
        root.put("in_sync", status.inSync());
        root.put("since", status.since().toString());
        root.set("policy", policy(status));
        root.set("probation", probation(status));
        root.put("last_error", status.lastError().orElse(null));
        root.set("services", NODES.arrayNode());
        root.set("groups", NODES.arrayNode());
        status.policy().ifPresent(inForce -> {
            root.set(
                    "services",
                    services(inForce.policy(), counts, status.lanes().draining()));
            root.set("groups", groups(inForce.policy()));
        });
        root.set("reachability", reachability(status.policy().map(Status.InForce::policy)));
        root.set("names", names());
        root.set("dropped", dropped(counts));
        root.set("bans", bans(status.bans()));
        root.set("drift", drift(status));
        root.put("fight", status.fight().orElse(null));
        root.set("nft", nft(facts.nft().get()));
        root.set("monitor", NODES.objectNode().put("listening", facts.hearing().getAsBoolean()));
        var neighbours = root.putArray("neighbours");
        facts.neighbours().get().forEach(neighbours::add);
        root.set("audit", NODES.objectNode().put("unwritten", facts.unwritten().getAsLong()));
        KnocksJson.put(root, facts.knocks().apply(KnocksJson.isObserving(root)));
        root.set("history", history());
        root.set("metrics", metrics(status));
        root.set("agent", agent());
        return root;
    }

    private static ObjectNode policy(Status status) {
        var file = status.file();
        var node = NODES.objectNode();
        node.put("file", file.path());
        node.put("origin", status.policy().map(p -> p.origin().word()).orElse(null));
        node.put("digest", status.policy().map(Status.InForce::digest).orElse(null));
        node.put("mode", status.policy().map(p -> p.policy().mode().word()).orElse(null));
        node.put("last_reload_successful", file.lastReloadSuccessful());
        node.put("last_reload_success", file.reloaded().map(Instant::toString).orElse(null));
        var problems = node.putArray("problems");
        file.problems().forEach(p -> problems.add(problem(p)));
        return node;
    }

    private static ObjectNode problem(Problem problem) {
        return NODES.objectNode()
                .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
                .put("file", problem.file())
                .put("line", problem.line())
                .put("key", problem.key())
                .put("problem", problem.sentence());
    }

    private static com.fasterxml.jackson.databind.JsonNode probation(Status status) {
        if (status.probationUntil().isEmpty()) {
            return NODES.nullNode();
        }
        var until = status.probationUntil().get();
        return NODES.objectNode()
                .put("until", until.toString())
                .put(
                        "seconds_left",
                        Math.max(0, Duration.between(Instant.now(), until).toSeconds()));
    }

    private static ArrayNode services(Policy policy, Map<String, Count> counts, Map<String, Integer> draining) {
        var list = NODES.arrayNode();
        for (var service : policy.services().values()) {
            list.add(service(service, counts).put("draining", draining.getOrDefault(service.name(), 0)));
        }
        return list;
    }

    private static ObjectNode service(Service service, Map<String, Count> counts) {
        var names = new ServiceNames(service.name());
        var node = NODES.objectNode().put("name", service.name());
        var ports = node.putArray("ports");
        service.ports().forEach(p -> ports.add(p.toString()));
        node.set("from", from(service.from()));
        node.put("enabled", service.enabled());
        node.put("management", service.management());
        node.set("accepted", count(names.accepted(), counts));
        node.set("refused", count(names.refused(), counts));
        node.put(
                "connections",
                counts.getOrDefault(names.connections(), Count.ZERO).packets());
        return node;
    }

    private static ArrayNode from(Sources sources) {
        var words = NODES.arrayNode();
        if (sources.any()) {
            words.add("any");
        }
        sources.groups().forEach(words::add);
        sources.others().written().ranges().forEach(r -> words.add(r.toString()));
        sources.others().referred().keySet().forEach(r -> words.add(r.toString()));
        return words;
    }

    private static ArrayNode groups(Policy policy) {
        var list = NODES.arrayNode();
        for (var group : policy.groups().values()) {
            var node = NODES.objectNode()
                    .put("name", group.name())
                    .put("ipv4", group.addresses().only(Family.V4).size())
                    .put("ipv6", group.addresses().only(Family.V6).size());
            var ranges = node.putArray("ranges");
            group.addresses().ranges().stream().limit(RANGES_SHOWN).forEach(r -> ranges.add(r.toString()));
            list.add(node);
        }
        return list;
    }

    @SuppressWarnings("ReferenceEquality")
    private ObjectNode reachability(Optional<Policy> policy) {
        var last = judged;
        if (last.policy().orElse(null) != policy.orElse(null)) {
            last = new Judged(policy, policy.map(StatusJson::reachability).orElseGet(NODES::objectNode));
            judged = last;
        }
        return last.reachability().deepCopy();
    }

    private static ObjectNode reachability(Policy policy) {
        var node = NODES.objectNode();
        Reachability.of(policy).byService().forEach((service, groups) -> {
            var row = node.putObject(service);
            groups.forEach((group, part) -> row.put(group, part.word()));
        });
        return node;
    }

    private ArrayNode history() {
        var list = NODES.arrayNode();
        for (var entry : history.get()) {
            list.addObject()
                    .put("at", entry.at().toString())
                    .put("kind", entry.kind())
                    .put("what", entry.what());
        }
        return list;
    }

    private ArrayNode names() {
        var list = NODES.arrayNode();
        for (var name : facts.names().get()) {
            var node = NODES.objectNode().put("name", name.name().name());
            name.places().forEach(node.putArray("groups")::add);
            var addresses = node.put("entries", name.addresses().size()).putArray("addresses");
            name.addresses().ranges().stream().limit(RANGES_SHOWN).forEach(r -> addresses.add(r.toString()));
            node.put("answered", name.answered().map(Instant::toString).orElse(null));
            node.put("age_seconds", name.age().map(Duration::toSeconds).orElse(null));
            node.put("stale", name.stale());
            node.put("failures", name.failures());
            list.add(node.put("error", name.error().orElse(null)));
        }
        return list;
    }

    private static ObjectNode dropped(Map<String, Count> counts) {
        var node = NODES.objectNode();
        for (var reason : Reason.values()) {
            node.set(reason.word(), count(reason.counter(), counts));
        }
        return node;
    }

    private static ObjectNode count(String counter, Map<String, Count> counts) {
        var count = counts.getOrDefault(counter, Count.ZERO);
        return NODES.objectNode().put("packets", count.packets()).put("bytes", count.bytes());
    }

    /** How many, and the first few; all of them lists {@code portero bans}. */
    private static ObjectNode bans(List<Ban> all) {
        var now = Instant.now();
        var lasting = all.stream().filter(b -> !b.isOver(now)).toList();
        var node = NODES.objectNode().put("count", lasting.size());
        var first = node.putArray("first");
        lasting.stream().limit(RANGES_SHOWN).forEach(b -> first.add(ban(b, now)));
        return node;
    }

    /** The same wherever a ban is printed. */
    public static ObjectNode ban(Ban ban, Instant now) {
        return NODES.objectNode()
                .put("address", ban.address().toString())
                .put(
                        "until",
                        ban.until()
                                .map(u -> u.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse(null))
                .put("seconds_left", ban.left(now).map(Duration::toSeconds).orElse(null))
                .put("by", ban.by());
    }

    private static ArrayNode drift(Status status) {
        var list = NODES.arrayNode();
        for (var seen : status.drifts()) {
            var drift = seen.drift().drift();
            list.add(NODES.objectNode()
                    .put("at", seen.at().toString())
                    .put("kind", drift.kind().word())
                    .put("what", drift.sentence())
                    .put("program", seen.drift().program())
                    .put("pid", seen.drift().culprit().map(Culprit::pid).orElse(null))
                    .put(
                            "stood_seconds",
                            seen.stood().map(d -> d.toMillis() / 1000.0).orElse(null)));
        }
        return list;
    }

    private ObjectNode metrics(Status status) {
        var address = status.file().settings().metrics();
        return NODES.objectNode()
                .put("host", address.host())
                .put("port", address.port())
                .put("listening", facts.listening().getAsBoolean());
    }

    private static ObjectNode nft(Nft nft) {
        return NODES.objectNode()
                .put("program", nft.program())
                .put("version", nft.version().isEmpty() ? null : nft.version())
                .put("crashes", nft.crashes())
                .put("problem", nft.problem().orElse(null));
    }

    private ObjectNode agent() {
        return NODES.objectNode()
                .put("pid", ProcessHandle.current().pid())
                .put("version", version)
                .put("runtime", runtime);
    }
}
