package io.portero.proposal;

import io.portero.policy.FirstFew;
import io.portero.policy.PortRange;
import io.portero.proposal.Addition.Member;
import io.portero.proposal.Finding.Kind;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A suggestion as YAML that can be pasted: its groups below those of the policy, its services below those of the
 * policy. Additions that need a decision are comments.
 */
public final class SuggestionText {
    private static final int SHOWN = 20;
    private static final int SCANS_SHOWN = 5;
    private static final int PORTS_SHOWN = 6;

    private final Suggestion suggestion;
    private final PolicyText text = new PolicyText();

    private SuggestionText(Suggestion suggestion) {
        this.suggestion = suggestion;
    }

    /** @param remarks sentences above it */
    public static String of(Suggestion suggestion, List<String> remarks) {
        return new SuggestionText(suggestion).write(remarks);
    }

    private String write(List<String> remarks) {
        remarks.forEach(remark -> text.comment("", remark));
        groups();
        services();
        new OutgoingText(suggestion.outgoing(), text).write();
        forMany();
        leftOut(
                Kind.DELICATE,
                "Left out: unknown sources at ports that should not be open to them. Find out who they are.");
        scans();
        leftOut(Kind.NOTHING_LISTENS, "Left out: nothing listens there.");
        onPurpose();
        return text.toString();
    }

    private void groups() {
        var made = new LinkedHashMap<String, Addition>();
        suggestion.active().stream().filter(a -> !a.members().isEmpty()).forEach(a -> made.putIfAbsent(a.group(), a));
        var outgoing = suggestion.outgoing().withGroups().toList();
        if (made.isEmpty() && outgoing.isEmpty()) {
            return;
        }
        text.blank();
        text.line("groups:");
        made.values().forEach(this::group);
        outgoing.forEach(a -> {
            text.line("  " + a.group() + ":");
            members(a.members());
        });
    }

    private void group(Addition addition) {
        text.line("  " + addition.group() + ":");
        members(addition.members());
        addition.left().stream()
                .limit(SCANS_SHOWN)
                .forEach(f -> text.line(
                        "    # - " + PolicyText.word(f.refused().source().toString()),
                        "probable scan: " + packets(f.refused().packets()) + " to "
                                + f.refused().port() + ", last "
                                + ago(f.refused().ago())));
        int more = addition.left().size() - SCANS_SHOWN;
        if (more > 0) {
            text.line("    # and " + more + " more probable scans");
        }
    }

    private void members(List<Member> members) {
        members.forEach(m -> text.line("    - " + PolicyText.word(m.word()), inWords(m)));
    }

    private static String inWords(Member member) {
        return (member.addresses() > 1 ? member.addresses() + " addresses, " : "") + packets(member.packets())
                + ", last " + ago(Duration.ofSeconds(member.secondsAgo()));
    }

    private void services() {
        if (suggestion.active().isEmpty()) {
            if (!suggestion.outgoing().active().isEmpty()) {
                return;
            }
            text.blank();
            text.comment("", "Nothing to add: no source was refused that uses the services here.");
            return;
        }
        text.blank();
        text.line("services:");
        suggestion.active().forEach(a -> {
            text.comment("  ", why(a));
            text.line("  " + line(a, a.group()));
        });
    }

    private static String line(Addition addition, String from) {
        return new Offer(
                        addition.service(),
                        addition.ports(),
                        from,
                        addition.management() ? ", management: true" : "",
                        "")
                .line();
    }

    private static String why(Addition addition) {
        var who = count(addition.sources(), "source") + ", " + packets(addition.packets());
        var extended = addition.extended()
                .map(e -> e.enabled()
                        ? ", refused by " + e.name() + instead(addition, e.groups())
                        : "; the service " + e.name() + " of the policy has these ports and is disabled.")
                .orElse(".");
        return who + extended;
    }

    private static String instead(Addition addition, List<String> groups) {
        if (addition.members().isEmpty()) {
            return ". Or write " + addition.group() + " into its from, instead of this line.";
        }
        return groups.isEmpty()
                ? ". Or write them into its from, instead of this line."
                : ". Or put them into the group " + String.join(" or ", groups) + ", instead of this line.";
    }

    private void forMany() {
        for (var addition : suggestion.forMany()) {
            text.blank();
            text.comment(
                    "",
                    "Too many sources for a group: " + why(addition)
                            + " If this service is for everybody, remove the #; if not, these sources are guessing.");
            text.line("#  " + line(addition, "any"));
        }
    }

    private void scans() {
        var shown = suggestion.active().stream().flatMap(a -> a.left().stream()).toList();
        section(
                "Left out: probable scans (one or two packets to a port, or many ports from one source).",
                suggestion.of(Kind.PROBABLE_SCAN).stream()
                        .filter(f -> !shown.contains(f))
                        .toList());
    }

    private void leftOut(Kind kind, String heading) {
        section(heading, suggestion.of(kind));
    }

    private void section(String heading, List<Finding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        text.blank();
        text.comment("", heading);
        var bySource = findings.stream()
                .map(Finding::refused)
                .collect(Collectors.groupingBy(Refused::source, LinkedHashMap::new, Collectors.toList()));
        bySource.entrySet().stream().limit(SHOWN).forEach(e -> text.line("#   " + line(e)));
        int more = bySource.size() - SHOWN;
        if (more > 0) {
            text.line("#   and " + more + " more sources");
        }
    }

    private static <S> String line(Map.Entry<S, List<Refused>> entry) {
        var all = entry.getValue();
        var ports = all.stream().map(Refused::port).collect(Collectors.toCollection(TreeSet::new)).stream()
                .map(PortRange::toString)
                .toList();
        var last = all.stream().map(Refused::ago).min(Comparator.naturalOrder()).orElse(Duration.ZERO);
        return String.format("%-24s ", entry.getKey())
                + FirstFew.of(ports, PORTS_SHOWN) + ": "
                + packets(all.stream().mapToLong(Refused::packets).sum()) + ", last " + ago(last);
    }

    private void onPurpose() {
        var denied = suggestion.of(Kind.ON_PURPOSE);
        if (!denied.isEmpty()) {
            text.blank();
            text.comment(
                    "",
                    "Left out: "
                            + count(
                                    denied.stream()
                                            .map(f -> f.refused().source())
                                            .distinct()
                                            .count(),
                                    "source")
                            + " refused on purpose (deny, banned).");
        }
    }

    static String packets(long number) {
        return count(number, "packet");
    }

    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    static String ago(Duration passed) {
        if (passed.toMinutes() < 1) {
            return passed.toSeconds() + " s ago";
        }
        return passed.toHours() < 1 ? passed.toMinutes() + " min ago" : passed.toHours() + " h ago";
    }
}
