package io.portero.status;

import io.portero.apply.Outcome;
import io.portero.bans.BanChanges;
import io.portero.bans.BansInWords;
import io.portero.drift.Attribution.Attributed;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.guests.GuestChanges;
import io.portero.guests.GuestsInWords;
import io.portero.lists.ListNews;
import io.portero.names.NameNews;
import io.portero.policy.FirstFew;
import io.portero.policy.Ip;
import io.portero.policy.Problem;
import io.portero.policy.Uplink;
import io.portero.stage.StageInWords;
import io.portero.state.AuditTrail;
import io.portero.state.DiskWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes every change and its reason into the audit trail; a look that finds nothing writes no line. */
public final class AuditListener implements ReconcileListener {
    private final AuditTrail trail;
    private final Clock clock;
    private final DiskWriter writer;
    private String trustedUplinks = "";

    /** @param writer writes in the background, so that the firewall does not wait for a disk */
    public AuditListener(AuditTrail trail, Clock clock, DiskWriter writer) {
        this.trail = trail;
        this.clock = clock;
        this.writer = writer;
    }

    @Override
    public void on(Event event, Status now) {
        line(event).ifPresent(line -> append(clock.instant(), line));
    }

    private void append(Instant at, Map<String, String> line) {
        var refused = writer.later(() -> {
            trail.append(at, line);
            return Optional.empty(); // the trail counts lines that it could not write
        });
        if (refused.isPresent()) {
            trail.missed();
        }
    }

    private Optional<Map<String, String>> line(Event event) {
        return switch (event) {
            case Event.PolicyAccepted accepted -> Optional.empty();
            case Event.PolicyRefused refused ->
                entry(
                        "policy_refused",
                        "why",
                        refused.trigger().word(),
                        "problems",
                        refused.problems().stream()
                                .limit(5)
                                .map(Problem::toString)
                                .collect(Collectors.joining("; ")));
            case Event.CostForeseen foreseen -> entry("cost_foreseen", "what", String.join("; ", foreseen.sentences()));
            case Event.ApplyEnded ended ->
                ended.outcome() instanceof Outcome.Unchanged
                        ? Optional.empty()
                        : entry(
                                "apply",
                                "why",
                                ended.trigger().word(),
                                "origin",
                                ended.origin().word(),
                                "digest_before",
                                ended.digestBefore(),
                                "digest_after",
                                ended.digestAfter(),
                                "outcome",
                                outcome(ended.outcome()));
            case Event.ProbationBegan began ->
                entry("probation", "within", began.within().toString());
            case Event.ProbationEnded ended ->
                entry("probation_ended", "outcome", ended.end().word());
            case Event.TableKept kept -> entry("table_kept");
            case Event.LeftOut leftOut -> entry("left_out", "why", leftOut.why());
            case Event.NotKept notKept -> entry("not_kept", "why", notKept.why());
            case Event.NameHeard heard ->
                heard.news() instanceof NameNews.Changed changed ? name(changed) : Optional.empty();
            case Event.ListHeard heard -> list(heard.news());
            case Event.FoundInSync inSync -> Optional.empty();
            case Event.DriftFound found -> Optional.empty();
            case Event.DriftRepaired repaired -> repaired.inContention() ? Optional.empty() : drift(repaired);
            case Event.ContentionBegan contention ->
                entry("contention", "program", contention.program(), "repairs", String.valueOf(contention.repairs()));
            case Event.ContentionEnded contention ->
                entry(
                        "contention_ended",
                        "program",
                        contention.program(),
                        "repairs",
                        String.valueOf(contention.repairs()));
            case Event.FlowsCut cut -> entry("flows_cut", "towards", some(cut.cut()), "returned", some(cut.returned()));
            case Event.Draining draining -> Optional.empty();
            case Event.BansChanged changed -> bans(changed.changes());
            case Event.GuestsChanged changed -> guests(changed.changes());
            case Event.MembersLeft left ->
                entry("members_left", "members", FirstFew.of(left.members(), 5).toString());
            case Event.StageChanged changed ->
                StageInWords.of(changed.news()).flatMap(words -> entry("stage", "what", words));
            case Event.UplinksSeen seen -> uplinks(seen);
            case Event.LookFailed failed -> Optional.empty();
        };
    }

    private static Optional<Map<String, String>> name(NameNews.Changed changed) {
        return entry(
                "name_changed",
                "why",
                Trigger.DNS.word(),
                "name",
                changed.name().toString(),
                "places",
                String.join(", ", changed.places()),
                "gained",
                changed.gained().toString(),
                "lost",
                changed.lost().toString());
    }

    private static Optional<Map<String, String>> list(ListNews news) {
        return switch (news) {
            case ListNews.Changed changed ->
                entry(
                        "list_changed",
                        "why",
                        Trigger.LIST.word(),
                        "list",
                        changed.list().toString(),
                        "places",
                        String.join(", ", changed.places()),
                        "entries",
                        String.valueOf(changed.entries()),
                        "gained",
                        String.valueOf(changed.gained()),
                        "lost",
                        String.valueOf(changed.lost()));
            case ListNews.HeldBack held ->
                entry("list_held_back", "list", held.list().toString(), "why", held.why());
            case ListNews.Failing failing -> Optional.empty();
            case ListNews.Recovered recovered -> Optional.empty();
            case ListNews.Stale stale -> Optional.empty();
        };
    }

    private static Optional<Map<String, String>> drift(Event.DriftRepaired repaired) {
        return entry(
                "drift",
                "what",
                repaired.drifts().stream().limit(5).map(Attributed::toString).collect(Collectors.joining("; ")),
                "changes",
                repaired.changes().stream().limit(5).collect(Collectors.joining("; ")),
                "stood",
                repaired.stood().map(Duration::toString).orElse("unknown"),
                "outcome",
                outcome(repaired.outcome()));
    }

    private static String some(List<Ip> addresses) {
        return FirstFew.of(addresses, 5).toString();
    }

    private static Optional<Map<String, String>> guests(GuestChanges changes) {
        return changes.isNothing()
                ? Optional.empty()
                : entry(
                        "guests",
                        "ended",
                        GuestsInWords.ended(changes),
                        "restored",
                        GuestsInWords.restored(changes),
                        "undone",
                        GuestsInWords.strangers(changes));
    }

    private static Optional<Map<String, String>> bans(BanChanges changes) {
        var told = new BansInWords(changes);
        return changes.isNothing()
                ? Optional.empty()
                : entry(
                        "bans",
                        "made",
                        told.made(),
                        "lifted",
                        told.lifted(),
                        "restored",
                        told.restored(),
                        "undone",
                        told.undone());
    }

    /** Only when the first one appears and when the last one is gone. */
    private Optional<Map<String, String>> uplinks(Event.UplinksSeen seen) {
        var trusted = seen.trusted().stream().map(Uplink::name).collect(Collectors.joining(", "));
        boolean changed = !trusted.equals(trustedUplinks);
        trustedUplinks = trusted;
        return changed ? entry("uplinks_trusted", "interfaces", trusted) : Optional.empty();
    }

    private static String outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Unchanged unchanged -> "unchanged";
            case Outcome.Applied applied -> "applied";
            case Outcome.Failed failed -> "failed: " + failed.failure().sentence();
        };
    }

    private static Optional<Map<String, String>> entry(String event, String... keysAndValues) {
        var entry = new LinkedHashMap<String, String>();
        entry.put("event", event);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            entry.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Optional.of(entry);
    }
}
