package io.portero.cli;

import io.portero.policy.FirstFew;
import io.portero.policy.Problem;
import io.portero.status.DriftRow;
import io.portero.status.StatusDocument;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Help.Ansi;

/** A status as text for a terminal of 80 columns. */
final class StatusReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final int EVENTS = 8;
    private static final int MEMBERS = 6;
    private static final int GROUPS = 30;

    private final StatusDocument status;
    private final TerminalText text;

    private StatusReport(StatusDocument status, TerminalText text) {
        this.status = status;
        this.text = text;
    }

    static String of(StatusDocument status, Ansi ansi) {
        return new StatusReport(status, new TerminalText(ansi)).text(false);
    }

    /**
     * The text with the rate of each counter beside its total.
     *
     * @param columns the width of the terminal
     */
    static String withRates(StatusDocument status, Ansi ansi, int columns) {
        return new StatusReport(status, new TerminalText(ansi, columns)).text(true);
    }

    private String text(boolean withRates) {
        heading();
        problems();
        new TrafficReport(status, text).write(withRates);
        groups();
        names();
        lists();
        guests();
        history();
        drift();
        remarks();
        return text.toString();
    }

    private void heading() {
        text.line(
                status.inSync() ? Tone.GOOD : Tone.BAD,
                (status.inSync() ? "in sync" : "NOT IN SYNC") + " since " + time(status.since()));
        text.labelled("policy", status.policy().file() + origin());
        if (status.isObserving()) {
            text.labelled(
                    Tone.WARN, "mode", "observe: nothing is dropped; portero status --would-drop lists what would be");
        }
        status.probation()
                .ifPresent(p -> text.labelled(
                        Tone.WARN,
                        "PROBATION",
                        p.secondsLeft() + " seconds left: log in again or run portero confirm"));
        status.staged()
                .ifPresent(s -> text.labelled(
                        s.problem().isPresent() ? Tone.WARN : Tone.PLAIN,
                        "staged",
                        s.file() + " for " + BanDuration.text(Duration.ofSeconds(s.secondsLeft())) + " more; "
                                + s.inWords() + "; see portero stage --report"));
        status.lastError().ifPresent(error -> text.labelled(Tone.BAD, "error", error));
        status.contention()
                .ifPresent(program -> text.labelled(
                        Tone.BAD,
                        "CONTENTION",
                        program + " changes table inet portero again and again, so repairs are slowed down:"
                                + " stop it"));
        status.trustedUplinks().forEach(u -> text.labelled(Tone.BAD, "UPLINK", u.danger()));
        if (status.auditUnwritten() > 0) {
            text.labelled(
                    Tone.WARN,
                    "audit",
                    status.auditUnwritten() + " lines could not be written: check whether the disk is full");
        }
        status.nft().problem().ifPresent(problem -> text.labelled(Tone.WARN, "nft", problem));
        text.labelled(
                "table",
                status.nft().sealed()
                        ? "sealed: only the agent can change it"
                        : "not sealed"
                                + status.nft().unsealed().map(why -> ": " + why).orElse(""));
        text.labelled(
                "agent",
                "pid " + status.agent().pid() + ", " + status.agent().version() + ", "
                        + status.nft().version().map(v -> "nft " + v + ", ").orElse("") + metrics());
    }

    private String metrics() {
        var metrics = status.metrics();
        return metrics.listening()
                ? "metrics on " + metrics.address()
                : "no metrics on " + metrics.address() + " yet (see the log)";
    }

    private String origin() {
        return switch (status.policy().origin().orElse("")) {
            case "file" -> "";
            case "last_good" -> " is not in force; the last confirmed policy is";
            case "fallback" -> " is not in force; the host is closed except for ssh";
            default -> " is not in force yet";
        };
    }

    private void problems() {
        var problems = status.policy().problems();
        if (!problems.isEmpty()) {
            text.heading("problems in the file on disk:");
            for (var problem : problems) {
                text.line(
                        problem.severity() == Problem.Severity.WARNING ? Tone.WARN : Tone.BAD,
                        "  " + place(problem) + problem.sentence());
            }
        }
    }

    /** Names the file only if it is not the policy file. */
    private String place(Problem problem) {
        var other = problem.file().equals(status.policy().file()) ? "" : problem.file() + ": ";
        return other
                + (problem.line() == 0 ? "" : "line " + problem.line() + ": ")
                + (problem.key().isEmpty() ? "" : problem.key() + ": ");
    }

    private void groups() {
        var label = "groups";
        for (var group : status.groups().stream().limit(GROUPS).toList()) {
            var members =
                    FirstFew.of(group.ranges(), MEMBERS, group.rangeCount()).toString();
            text.labelled(label, group.name() + " " + group.rangeCount() + (members.isEmpty() ? "" : ": " + members));
            label = "";
        }
        int left = status.groups().size() - GROUPS;
        if (left > 0) {
            text.labelled("", "and " + left + " more groups");
        }
    }

    private void guests() {
        var label = "guests";
        for (var guest : status.guests().first()) {
            text.labelled(
                    label,
                    guest.inWords() + ", " + BanDuration.text(Duration.ofSeconds(guest.secondsLeft())) + " left");
            label = "";
        }
        long more = status.guests().count() - status.guests().first().size();
        if (more > 0) {
            text.labelled("", "and " + more + " more: portero allowed");
        }
    }

    private void names() {
        var label = "names";
        for (var name : status.names().stream().limit(GROUPS).toList()) {
            var age = name.ageSeconds()
                    .map(seconds -> "answered " + seconds + " s ago")
                    .orElse("no answer yet");
            text.labelled(
                    name.stale() ? Tone.WARN : Tone.PLAIN,
                    label,
                    name.name() + " " + age + (name.stale() ? ", stale" : "")
                            + name.error().map(e -> ": " + e).orElse(""));
            label = "";
        }
    }

    private void lists() {
        var label = "lists";
        for (var list : status.lists().stream().limit(GROUPS).toList()) {
            boolean wrong = list.error().isPresent() || list.held().isPresent();
            text.labelled(wrong ? Tone.WARN : Tone.PLAIN, label, list.inWords());
            label = "";
        }
        int left = status.lists().size() - GROUPS;
        if (left > 0) {
            text.labelled("", "and " + left + " more: portero lists");
        }
    }

    private void history() {
        if (!status.history().isEmpty()) {
            text.heading("events, newest first:");
            for (var event : status.history().stream().limit(EVENTS).toList()) {
                text.line(tone(event.kind()), "  " + time(event.at()) + "  " + event.kind() + ": " + event.what());
            }
        }
    }

    private static Tone tone(String kind) {
        return switch (kind) {
            case "failed", "refused", "contention" -> Tone.BAD;
            case "rollback", "probation" -> Tone.WARN;
            default -> Tone.PLAIN;
        };
    }

    private void drift() {
        if (!status.drift().isEmpty()) {
            text.heading("drift, newest first:");
            for (var drift : status.drift()) {
                text.line("  " + time(drift.at()) + "  " + drift.what() + culprit(drift));
            }
        }
    }

    private static String culprit(DriftRow drift) {
        return drift.pid()
                        .map(pid -> " by " + drift.program() + " (pid " + pid + ")")
                        .orElse("")
                + drift.stoodMillis().map(ms -> ", stood " + ms + " ms").orElse("");
    }

    private void remarks() {
        if (!status.remarks().isEmpty()) {
            text.heading("other firewalls on this host:");
            status.remarks().forEach(remark -> text.line("  " + remark));
        }
    }

    private static String time(Instant at) {
        return TIME.format(at);
    }
}
