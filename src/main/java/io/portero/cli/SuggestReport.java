package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.proposal.Addition;
import io.portero.proposal.Finding;
import io.portero.proposal.OutgoingSuggestion;
import io.portero.proposal.Suggestion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A suggestion as JSON, and the comments above it as YAML. */
final class SuggestReport {
    private static final Duration ENOUGH = Duration.ofDays(1);

    private final Path file;
    private final Suggestion suggestion;
    private final Optional<Observed> observed;
    private final boolean full;

    /** @param full whether more sources were refused than the kernel could remember */
    SuggestReport(Path file, Suggestion suggestion, Optional<Observed> observed, boolean full) {
        this.file = file;
        this.suggestion = suggestion;
        this.observed = observed;
        this.full = full;
    }

    /** How long the policy has observed without dropping anything. */
    record Observed(Instant since, Duration duration) {
        boolean isEnough() {
            return duration.compareTo(ENOUGH) >= 0;
        }
    }

    List<String> remarks() {
        var remarks = new ArrayList<String>();
        remarks.add("What mode observe would have dropped, and the lines that admit it. Paste the groups below"
                + " groups:, the services below services:, and those of outgoing below"
                + " outgoing.services: of " + file
                + ", then run portero check and portero plan.");
        remarks.add(observed.map(o -> "Observed for " + BanDuration.text(o.duration()) + ", since "
                        + o.since().truncatedTo(ChronoUnit.SECONDS)
                        + "; sources not seen for more than a day are not included.")
                .orElse("The length of the observation is unknown: no agent has recorded it."));
        if (!isEnough()) {
            remarks.add("WARNING: " + (observed.isPresent() ? "that is" : "it may be")
                    + " less than a day; clients that come once a day (backups, reports, certificates) may not"
                    + " have been seen yet.");
        }
        if (full) {
            remarks.add("WARNING: the kernel remembers only 4096 pairs of source and port for each family;"
                    + " there were more, so some are missing.");
        }
        return remarks;
    }

    private boolean isEnough() {
        return observed.map(Observed::isEnough).orElse(false);
    }

    ObjectNode json() {
        var root = Json.object()
                .put("file", file.toString())
                .put("observed_since", observed.map(o -> o.since().toString()).orElse(null))
                .put(
                        "observed_seconds",
                        observed.map(o -> o.duration().toSeconds()).orElse(null))
                .put("observed_enough", isEnough())
                .put("complete", !full);
        var groups = root.putObject("groups");
        suggestion.active().stream()
                .filter(a -> !a.members().isEmpty() && !groups.has(a.group()))
                .forEach(a ->
                        a.members().forEach(m -> groups.withArray(a.group()).add(m.word())));
        var services = root.putObject("services");
        suggestion.active().forEach(a -> service(services, a, a.group()));
        var forMany = root.putObject("for_everybody");
        suggestion.forMany().forEach(a -> service(forMany, a, "any"));
        var findings = root.putArray("refused");
        suggestion.findings().forEach(f -> findings.add(json(f)));
        outgoing(root.putObject("outgoing"), groups);
        return root;
    }

    private static void service(ObjectNode services, Addition addition, String from) {
        var node = services.putObject(addition.service());
        addition.ports().forEach(p -> node.withArray("ports").add(p.toString()));
        node.putArray("from").add(from);
        if (addition.management()) {
            node.put("management", true);
        }
    }

    /** @param groups receives the new groups */
    private void outgoing(ObjectNode node, ObjectNode groups) {
        var outgoing = suggestion.outgoing();
        outgoing.active()
                .forEach(a ->
                        a.members().forEach(m -> groups.withArray(a.group()).add(m.word())));
        var services = node.putObject("services");
        outgoing.active().forEach(a -> service(services, a, a.group()));
        var forMany = node.putObject("for_everybody");
        outgoing.forMany().forEach(a -> service(forMany, a, "any"));
        var onPurpose = node.putArray("refused_on_purpose");
        outgoing.onPurpose()
                .forEach(r -> onPurpose
                        .addObject()
                        .put("destination", r.source().toString())
                        .put("port", r.port().toString())
                        .put("packets", r.packets())
                        .put("seconds_ago", r.ago().toSeconds()));
    }

    private static void service(ObjectNode services, OutgoingSuggestion.Admission admission, String to) {
        var node = services.putObject(admission.service());
        admission.ports().forEach(p -> node.withArray("ports").add(p.toString()));
        node.putArray("to").add(to);
    }

    private static ObjectNode json(Finding finding) {
        var refused = finding.refused();
        return Json.object()
                .put("source", refused.source().toString())
                .put("port", refused.port().toString())
                .put("packets", refused.packets())
                .put("seconds_ago", refused.ago().toSeconds())
                .put("judgement", finding.kind().word());
    }
}
