package io.portero.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.portero.reconcile.KnocksJson;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A status for a terminal of 80 columns. */
final class StatusReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final int PORTS_WIDTH = 22;
    private static final int FROM_WIDTH = 20;
    private static final int BANS_NAMED = 3;
    private static final int WIDTH = 80;
    private static final int LABEL = 11;
    private static final int EVENTS = 8;
    private static final int MEMBERS = 6;
    private static final int SOURCES = 5;
    private static final int GROUPS = 30;

    private final JsonNode status;
    private final boolean colour;
    private final StringBuilder text = new StringBuilder();

    StatusReport(JsonNode status, boolean colour) {
        this.status = status;
        this.colour = colour;
    }

    private enum Tone {
        PLAIN(""),
        GOOD("32;1"),
        WARN("33;1"),
        BAD("31;1"),
        QUIET("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    String text() {
        heading();
        problems();
        services();
        draining();
        dropped();
        refused();
        bans();
        groups();
        names();
        history();
        drift();
        neighbours();
        return text.toString();
    }

    private void heading() {
        boolean inSync = status.path("in_sync").asBoolean();
        var policy = status.path("policy");
        line(
                inSync ? Tone.GOOD : Tone.BAD,
                (inSync ? "in sync" : "NOT IN SYNC") + " since " + time(status.path("since")));
        line("policy     " + policy.path("file").asText()
                + origin(policy.path("origin").asText("")));
        if (isObserving()) {
            line(Tone.WARN, "mode       observe: nothing is dropped; portero status --would-drop tells what would be");
        }
        if (status.path("probation").isObject()) {
            line(
                    Tone.WARN,
                    "PROBATION  "
                            + status.path("probation").path("seconds_left").asLong()
                            + " seconds left: log in again or run portero confirm");
        }
        if (status.path("last_error").isTextual()) {
            line(Tone.BAD, "error      " + status.path("last_error").asText());
        }
        if (status.path("fight").isTextual()) {
            line(
                    Tone.BAD,
                    "FIGHT      " + status.path("fight").asText()
                            + " changes our table again and again, repairs are slowed down: stop it");
        }
        if (status.path("audit").path("unwritten").asLong() > 0) {
            line(
                    Tone.WARN,
                    "audit      " + status.path("audit").path("unwritten").asLong()
                            + " lines could not be written: see whether the disk is full");
        }
        if (status.path("nft").path("problem").isTextual()) {
            line(Tone.WARN, "nft        " + status.path("nft").path("problem").asText());
        }
        line("agent      pid " + status.path("agent").path("pid").asText() + ", "
                + status.path("agent").path("version").asText() + ", " + nft(status.path("nft"))
                + metrics(status.path("metrics")));
    }

    private static String nft(JsonNode nft) {
        return nft.path("version").isTextual() ? "nft " + nft.path("version").asText() + ", " : "";
    }

    private boolean isObserving() {
        return KnocksJson.isObserving(status);
    }

    private static String metrics(JsonNode metrics) {
        var host = metrics.path("host").asText();
        var address = (host.contains(":") ? "[" + host + "]" : host) + ":"
                + metrics.path("port").asText();
        return metrics.path("listening").asBoolean()
                ? "metrics on " + address
                : "no metrics on " + address + " yet (see the log)";
    }

    private static String origin(String origin) {
        return switch (origin) {
            case "file" -> "";
            case "last_good" -> " is not in force; the last confirmed policy is";
            case "fallback" -> " is not in force; the host is closed but for ssh";
            default -> " is not in force yet";
        };
    }

    private void problems() {
        var problems = status.path("policy").path("problems");
        if (!problems.isEmpty()) {
            line("");
            line("problems of the file on disk:");
            for (var problem : problems) {
                line(
                        problem.path("severity").asText().equals("warning") ? Tone.WARN : Tone.BAD,
                        "  " + place(problem) + problem.path("problem").asText());
            }
        }
    }

    /** Which file is said only where it is not the policy's. */
    private String place(JsonNode problem) {
        var file = problem.path("file").asText();
        var other = file.equals(status.path("policy").path("file").asText()) ? "" : file + ": ";
        int line = problem.path("line").asInt();
        var key = problem.path("key").asText();
        return other + (line == 0 ? "" : "line " + line + ": ") + (key.isEmpty() ? "" : key + ": ");
    }

    private void services() {
        line("");
        boolean rates = status.path("rates").isObject();
        line(
                Tone.QUIET,
                String.format(
                        "%-14s %-22s %-20s %9s %9s",
                        "service", "ports", "from", rates ? "acc'd/s" : "accepted", rates ? "refused/s" : "refused"));
        for (var service : status.path("services")) {
            boolean enabled = service.path("enabled").asBoolean();
            line(String.format(
                    "%-14s %-22s %-20s %9s %9s",
                    cut(service.path("name").asText(), 14),
                    cut(joined(service.path("ports")), PORTS_WIDTH),
                    enabled ? cut(joined(service.path("from")), FROM_WIDTH) : "(disabled)",
                    rates ? rate(service, "accepted") : packets(service.path("accepted")),
                    rates ? rate(service, "refused") : packets(service.path("refused"))));
        }
    }

    private void draining() {
        for (var service : status.path("services")) {
            long flows = service.path("draining").asLong();
            if (flows > 0) {
                line(Plural.of(flows, "flow") + " of "
                        + service.path("name").asText() + (flows == 1 ? " goes on to its end" : " go on to their end")
                        + " though its source was removed (on-revoke: drain)");
            }
        }
    }

    private void dropped() {
        var parts = status.path("dropped").properties().stream()
                .filter(e -> e.getValue().path("packets").asLong() > 0)
                .map(e -> e.getKey() + " " + packets(e.getValue()))
                .collect(Collectors.joining(", "));
        line("");
        line((isObserving() ? "would drop " : "dropped    ") + (parts.isEmpty() ? "nothing" : parts));
    }

    private void refused() {
        var sources = status.path("refused_sources");
        if (!sources.path("first").isEmpty()) {
            var first = limited(sources.path("first"), SOURCES);
            line("refused    "
                    + first.stream()
                            .map(s -> s.path("address").asText() + " " + packets(s))
                            .collect(Collectors.joining(", "))
                    + more(sources.path("count").asLong() - first.size()) + ", in the last hour");
        }
    }

    private static String more(long count) {
        return count > 0 ? " and " + Plural.of(count, "source") + " more" : "";
    }

    private void bans() {
        long count = status.path("bans").path("count").asLong();
        if (count > 0) {
            var first = StreamSupport.stream(status.path("bans").path("first").spliterator(), false)
                    .limit(BANS_NAMED)
                    .map(b -> b.path("address").asText())
                    .collect(Collectors.joining(", "));
            line("banned     " + first + (count <= BANS_NAMED ? "" : " and " + (count - BANS_NAMED) + " more"));
        }
    }

    private void groups() {
        var label = "groups";
        for (var group : limited(status.path("groups"), GROUPS)) {
            long size = group.path("ipv4").asLong() + group.path("ipv6").asLong();
            long shown = Math.min(MEMBERS, group.path("ranges").size());
            var members = limited(group.path("ranges"), MEMBERS).stream()
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", "));
            line(String.format("%-" + LABEL + "s", label) + group.path("name").asText() + " " + size
                    + (members.isEmpty() ? "" : ": " + members)
                    + (size > shown ? " and " + (size - shown) + " more" : ""));
            label = "";
        }
        int left = status.path("groups").size() - GROUPS;
        if (left > 0) {
            line(" ".repeat(LABEL) + "and " + left + " more groups");
        }
    }

    private void names() {
        var label = "names";
        for (var name : limited(status.path("names"), GROUPS)) {
            boolean stale = name.path("stale").asBoolean();
            var age = name.path("age_seconds").isNumber()
                    ? "answered " + name.path("age_seconds").asLong() + " s ago"
                    : "no answer yet";
            line(
                    stale ? Tone.WARN : Tone.PLAIN,
                    String.format("%-" + LABEL + "s", label) + name.path("name").asText() + " " + age
                            + (stale ? ", stale" : "")
                            + (name.path("error").isTextual()
                                    ? ": " + name.path("error").asText()
                                    : ""));
            label = "";
        }
    }

    private void history() {
        if (!status.path("history").isEmpty()) {
            line("");
            line("what happened, newest first:");
            for (var event : limited(status.path("history"), EVENTS)) {
                line(
                        tone(event.path("kind").asText()),
                        "  " + time(event.path("at")) + "  "
                                + event.path("kind").asText() + ": "
                                + event.path("what").asText());
            }
        }
    }

    private static Tone tone(String kind) {
        return switch (kind) {
            case "failed", "refused", "fight" -> Tone.BAD;
            case "rollback", "probation" -> Tone.WARN;
            default -> Tone.PLAIN;
        };
    }

    private static List<JsonNode> limited(JsonNode list, int most) {
        return StreamSupport.stream(list.spliterator(), false).limit(most).toList();
    }

    private void drift() {
        if (!status.path("drift").isEmpty()) {
            line("");
            line("drift, newest first:");
            for (var drift : status.path("drift")) {
                line("  " + time(drift.path("at")) + "  " + drift.path("what").asText() + culprit(drift));
            }
        }
    }

    private void neighbours() {
        if (!status.path("neighbours").isEmpty()) {
            line("");
            line("other firewalls on this host:");
            status.path("neighbours").forEach(n -> line("  " + n.asText()));
        }
    }

    private static String culprit(JsonNode drift) {
        var by = drift.path("pid").isNumber()
                ? " by " + drift.path("program").asText() + " (pid "
                        + drift.path("pid").asText() + ")"
                : "";
        var stood = drift.path("stood_seconds").isNumber()
                ? String.format(", stood %.0f ms", drift.path("stood_seconds").asDouble() * 1000)
                : "";
        return by + stood;
    }

    private void line(String line) {
        line(Tone.PLAIN, line);
    }

    /** Broken between words; what belongs to a line stands further in. */
    private void line(Tone tone, String line) {
        var rest = line.stripTrailing();
        while (rest.length() > WIDTH) {
            int end = rest.lastIndexOf(' ', WIDTH);
            if (end <= LABEL) {
                break; // one long word: a path, which is to be copied whole
            }
            put(tone, rest.substring(0, end));
            rest = " ".repeat(LABEL) + rest.substring(end + 1);
        }
        put(tone, rest);
    }

    private void put(Tone tone, String line) {
        boolean painted = colour && tone != Tone.PLAIN && !line.isEmpty();
        text.append(painted ? "\033[" + tone.code + "m" + line + "\033[0m" : line)
                .append('\n');
    }

    private static String joined(JsonNode words) {
        return StreamSupport.stream(words.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(", "));
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 3) + "...";
    }

    private String rate(JsonNode service, String verdict) {
        var rate = status.path("rates")
                .path(service.path("name").asText())
                .path(verdict)
                .asDouble();
        return rate == 0 ? "0" : String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%.0f", rate);
    }

    private static String packets(JsonNode count) {
        long packets = count.path("packets").asLong();
        if (packets < 1_000_000) {
            return Long.toString(packets);
        }
        return packets < 1_000_000_000 ? packets / 1_000_000 + " M" : packets / 1_000_000_000 + " G";
    }

    private static String time(JsonNode at) {
        return TIME.format(Instant.parse(at.asText()));
    }
}
