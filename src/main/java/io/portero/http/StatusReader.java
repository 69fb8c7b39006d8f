package io.portero.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.portero.http.StatusView.Cell;
import io.portero.http.StatusView.Event;
import io.portero.http.StatusView.Fact;
import io.portero.http.StatusView.GroupRow;
import io.portero.http.StatusView.KnockRow;
import io.portero.http.StatusView.NameRow;
import io.portero.http.StatusView.Notice;
import io.portero.http.StatusView.ServiceRow;
import io.portero.policy.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Makes a view of the JSON of a status. */
final class StatusReader {
    private static final int COLUMNS = 8;
    private static final int SERVICES = 200;
    private static final int GROUPS = 50;
    private static final int MEMBERS = 12;
    private static final int NAMES = 50;
    private static final int KNOCKS = 10;

    private final JsonNode status;
    private final Map<String, Double> rates;
    private final Instant now;
    private final Set<String> groupNames;

    StatusReader(JsonNode status, Map<String, Double> rates, Instant now) {
        this.status = status;
        this.rates = rates;
        this.now = now;
        this.groupNames = list(status.path("groups")).stream()
                .map(g -> g.path("name").asText())
                .collect(Collectors.toSet());
    }

    StatusView make(String host) {
        var groups = columns();
        var columns = groups.stream().limit(COLUMNS).toList();
        var services = list(status.path("services"));
        return new StatusView(
                host,
                tone(),
                headline(),
                time(status.path("since").asText()) + " ("
                        + ago(status.path("since").asText()) + ")",
                facts(),
                notices(),
                columns,
                groups.size() - columns.size(),
                isObserving(),
                services.stream().limit(SERVICES).map(s -> service(s, columns)).toList(),
                Math.max(0, services.size() - SERVICES),
                dropped(),
                list(refused().path("first")).stream()
                        .limit(KNOCKS)
                        .map(StatusReader::knock)
                        .toList(),
                Math.max(0, refused().path("count").asLong() - KNOCKS),
                events(status.path("history")),
                drift(),
                list(status.path("groups")).stream()
                        .limit(GROUPS)
                        .map(this::group)
                        .toList(),
                Math.max(0, status.path("groups").size() - GROUPS),
                names(),
                Stream.concat(
                                Stream.of(status.path("nft").path("problem")).filter(JsonNode::isTextual),
                                list(status.path("neighbours")).stream())
                        .map(JsonNode::asText)
                        .toList(),
                Words.time(now));
    }

    private boolean inSync() {
        return status.path("in_sync").asBoolean();
    }

    private boolean isObserving() {
        return policy("mode").equals("observe");
    }

    private String policy(String key) {
        return status.path("policy").path(key).asText("");
    }

    private boolean isRefused() {
        return problems("error").findAny().isPresent();
    }

    private String tone() {
        if (!inSync() || status.path("fight").isTextual() || policy("origin").equals("fallback")) {
            return "bad";
        }
        boolean warn = isRefused() || isObserving() || status.path("probation").isObject();
        return warn || !policy("origin").equals("file") ? "warn" : "good";
    }

    private String headline() {
        if (policy("origin").isEmpty()) {
            return "No policy in force yet";
        }
        if (!inSync()) {
            return "Not in sync";
        }
        if (status.path("fight").isTextual()) {
            return "In sync, and fought over";
        }
        if (status.path("probation").isObject()) {
            return "In sync, on probation";
        }
        if (isRefused()) {
            return "In sync, but not with the file on disk";
        }
        return isObserving() ? "In sync, observing only" : "In sync";
    }

    private List<Fact> facts() {
        var facts = new ArrayList<Fact>();
        facts.add(new Fact(
                "Policy",
                switch (policy("origin")) {
                    case "file" -> policy("file");
                    case "last_good" -> "the last confirmed one; " + policy("file") + " is not in force";
                    case "fallback" -> "none: closed but for ssh; " + policy("file") + " is not in force";
                    default -> policy("file") + " is not in force yet";
                }));
        var reloaded = policy("last_reload_success");
        if (!reloaded.isEmpty()) {
            facts.add(new Fact("Last put in force", time(reloaded) + " (" + ago(reloaded) + ")"));
        }
        if (!policy("digest").isEmpty()) {
            facts.add(new Fact("Digest", policy("digest")));
        }
        var agent = status.path("agent");
        facts.add(new Fact(
                "Agent",
                agent.path("version").asText() + ", "
                        + agent.path("runtime").asText() + ", pid "
                        + agent.path("pid").asText()));
        return facts;
    }

    private List<Notice> notices() {
        var notices = new ArrayList<Notice>();
        if (status.path("last_error").isTextual()) {
            notices.add(new Notice(
                    "bad",
                    "The kernel could not be put right",
                    status.path("last_error").asText(),
                    List.of()));
        }
        if (status.path("fight").isTextual()) {
            notices.add(new Notice(
                    "bad",
                    "A program fights for the table",
                    status.path("fight").asText()
                            + " changes table inet portero again and again; repairs are slowed down. Stop it, or keep it"
                            + " away from this table.",
                    List.of()));
        }
        if (status.path("probation").isObject()) {
            var probation = status.path("probation");
            notices.add(new Notice(
                    "warn",
                    "On probation: " + probation.path("seconds_left").asLong() + " seconds left",
                    "Log in once more, or run portero confirm. Otherwise the policy before is put back at "
                            + time(probation.path("until").asText()) + ".",
                    List.of()));
        }
        problemNotices(notices);
        if (isObserving()) {
            notices.add(new Notice(
                    "warn",
                    "Mode is observe",
                    "Nothing is dropped. What is shown as refused would be, once mode is enforce.",
                    List.of()));
        }
        if (status.path("monitor").has("listening")
                && !status.path("monitor").path("listening").asBoolean()) {
            notices.add(new Notice(
                    "warn",
                    "Changes by others are not heard of as they happen",
                    "nft monitor does not run; the periodic look still finds them.",
                    List.of()));
        }
        if (status.path("audit").path("unwritten").asLong() > 0) {
            notices.add(new Notice(
                    "warn",
                    "The audit trail has gaps",
                    status.path("audit").path("unwritten").asLong() + " lines could not be written: see to the disk.",
                    List.of()));
        }
        return notices;
    }

    private void problemNotices(List<Notice> notices) {
        var errors = problems("error").toList();
        var warnings = problems("warning").toList();
        if (!errors.isEmpty()) {
            notices.add(new Notice(
                    "bad",
                    "The file on disk is refused",
                    "What was in force stays in force. The file is tried again when it changes.",
                    Stream.concat(errors.stream(), warnings.stream()).toList()));
        } else if (!warnings.isEmpty()) {
            notices.add(new Notice("warn", "The file on disk has warnings", "", warnings));
        }
    }

    private Stream<String> problems(String severity) {
        return list(status.path("policy").path("problems")).stream()
                .filter(p -> p.path("severity").asText().equals(severity))
                .map(StatusReader::asCheckPrintsIt);
    }

    private static String asCheckPrintsIt(JsonNode problem) {
        return new Problem(
                        Problem.Severity.valueOf(
                                problem.path("severity").asText().toUpperCase(Locale.ROOT)),
                        problem.path("file").asText(),
                        problem.path("line").asInt(),
                        problem.path("key").asText(),
                        problem.path("problem").asText())
                .toString();
    }

    /** Groups that some service admits come first: they are what the matrix is about. */
    private List<String> columns() {
        var named = new TreeSet<String>();
        status.path("services").forEach(s -> s.path("from").forEach(f -> named.add(f.asText())));
        return list(status.path("groups")).stream()
                .map(g -> g.path("name").asText())
                .sorted(Comparator.comparing((String g) -> !named.contains(g)).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private ServiceRow service(JsonNode service, List<String> columns) {
        var name = service.path("name").asText();
        boolean any =
                list(service.path("from")).stream().anyMatch(f -> f.asText().equals("any"));
        boolean enabled = service.path("enabled").asBoolean();
        var parts = status.path("reachability").path(name);
        var cells = new ArrayList<Cell>();
        cells.add(cell(enabled && any ? "all" : "none", "anybody"));
        columns.forEach(group -> cells.add(cell(parts.path(group).asText("none"), group)));
        var others = Words.some(others(service.path("from")));
        return new ServiceRow(
                name,
                Words.joined(service.path("ports")),
                others,
                any ? "anybody" : who(parts, others),
                enabled,
                service.path("management").asBoolean(),
                cells,
                Words.rate(rates, "service_" + name + "_accept"),
                Words.count(service.path("accepted").path("packets").asLong()),
                Words.rate(rates, "service_" + name + "_drop"),
                Words.count(service.path("refused").path("packets").asLong()),
                rates.getOrDefault("service_" + name + "_drop", 0.0) > 0);
    }

    /** No group has a name that could be an address. */
    private List<String> others(JsonNode from) {
        return list(from).stream()
                .map(JsonNode::asText)
                .filter(f -> !f.equals("any") && !groupNames.contains(f))
                .toList();
    }

    private static String who(JsonNode parts, String others) {
        var groups = Words.some(parts.properties().stream()
                .filter(e -> !e.getValue().asText().equals("none"))
                .map(e -> e.getValue().asText().equals("some") ? "some of " + e.getKey() : e.getKey())
                .toList());
        var who = Stream.of(groups, others).filter(w -> !w.isEmpty()).collect(Collectors.joining(", "));
        return who.isEmpty() ? "nobody" : who;
    }

    private static Cell cell(String part, String who) {
        var may = switch (part) {
            case "all" -> ": may";
            case "some" -> ": some may";
            default -> ": may not";
        };
        return new Cell(part, who + may);
    }

    private List<Fact> dropped() {
        return status.path("dropped").properties().stream()
                .filter(e -> e.getValue().path("packets").asLong() > 0)
                .map(e -> new Fact(
                        Words.reason(e.getKey()),
                        Words.count(e.getValue().path("packets").asLong())))
                .toList();
    }

    private JsonNode refused() {
        return status.path(isObserving() ? "would_drop" : "refused_sources");
    }

    private static KnockRow knock(JsonNode knock) {
        return new KnockRow(
                knock.path("address").asText(),
                knock.path("service").asText(""),
                knock.path("port").asText(""),
                Words.count(knock.path("packets").asLong()),
                Words.duration(Duration.ofSeconds(knock.path("seconds_ago").asLong())) + " ago");
    }

    private List<Event> events(JsonNode events) {
        return list(events).stream()
                .map(e -> event(e, e.path("kind").asText(), e.path("what").asText()))
                .toList();
    }

    private List<Event> drift() {
        return list(status.path("drift")).stream()
                .map(d -> event(d, "drift", drift(d)))
                .toList();
    }

    private static String drift(JsonNode drift) {
        var pid = drift.path("pid").isNumber() ? ", pid " + drift.path("pid").asLong() : "";
        var stood = drift.path("stood_seconds").isNumber()
                ? "; it stood for " + Math.round(drift.path("stood_seconds").asDouble() * 1000) + " ms"
                : "";
        return drift.path("what").asText() + " by " + drift.path("program").asText("unknown") + pid + stood;
    }

    private Event event(JsonNode event, String kind, String what) {
        var tone = switch (kind) {
            case "applied", "adopted", "confirmed" -> "good";
            case "failed", "refused", "fight" -> "bad";
            default -> "warn";
        };
        return new Event(time(event.path("at").asText()), ago(event.path("at").asText()), kind, tone, what);
    }

    private GroupRow group(JsonNode group) {
        var members = list(group.path("ranges")).stream().map(JsonNode::asText).toList();
        int all = group.path("ipv4").asInt() + group.path("ipv6").asInt();
        int shown = Math.min(MEMBERS, members.size());
        return new GroupRow(
                group.path("name").asText(),
                all == 0 ? "empty: admits nobody" : all + (all == 1 ? " entry" : " entries"),
                members.subList(0, shown),
                all - shown);
    }

    private List<NameRow> names() {
        return list(status.path("names")).stream()
                .limit(NAMES)
                .map(StatusReader::name)
                .toList();
    }

    private static NameRow name(JsonNode name) {
        boolean known = name.path("age_seconds").isNumber();
        var age = Duration.ofSeconds(name.path("age_seconds").asLong());
        boolean stale = name.path("stale").asBoolean();
        var error = name.path("error").isTextual() ? ": " + name.path("error").asText() : "";
        return new NameRow(
                name.path("name").asText(),
                Words.joined(name.path("groups")),
                Words.some(list(name.path("addresses")).stream()
                        .map(JsonNode::asText)
                        .toList()),
                (known ? "answered " + Words.duration(age) + " ago" : "no answer yet")
                        + (stale ? ", stale" : "")
                        + error,
                known && !stale ? "good" : "warn");
    }

    private String time(String instant) {
        return Words.time(Instant.parse(instant));
    }

    private String ago(String instant) {
        var passed = Duration.between(Instant.parse(instant), now);
        return passed.toSeconds() < 1 ? "just now" : Words.duration(passed) + " ago";
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
