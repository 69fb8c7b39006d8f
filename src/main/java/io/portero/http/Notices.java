package io.portero.http;

import io.portero.http.StatusView.Notice;
import io.portero.policy.Problem;
import io.portero.status.ListRow;
import io.portero.status.StatusDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The notices at the top of the page, the most severe first. */
final class Notices {
    private final StatusDocument status;
    private final List<Notice> notices = new ArrayList<>();

    private Notices(StatusDocument status) {
        this.status = status;
    }

    static List<Notice> of(StatusDocument status) {
        var notices = new Notices(status);
        notices.kernel();
        notices.probation();
        notices.guests();
        notices.staged();
        notices.lists();
        notices.problems();
        notices.blindness();
        return List.copyOf(notices.notices);
    }

    private void bad(String title, String text) {
        notices.add(new Notice("bad", title, text, List.of()));
    }

    private void warn(String title, String text) {
        notices.add(new Notice("warn", title, text, List.of()));
    }

    private void kernel() {
        status.lastError().ifPresent(error -> bad("The rules could not be put in place", error));
        status.contention()
                .ifPresent(program -> bad(
                        "Another program keeps changing the table",
                        program + " changes table inet portero again and again, so repairs are slowed down. Stop that"
                                + " program, or keep it away from this table."));
        status.trustedUplinks()
                .forEach(u -> bad("Nothing that comes in over " + u.name() + " is filtered", u.danger()));
    }

    private void probation() {
        status.probation()
                .ifPresent(p -> warn(
                        "On probation: " + p.secondsLeft() + " seconds left",
                        "Log in again, or run portero confirm. Otherwise the previous policy comes back at "
                                + Moments.time(p.until()) + "."));
    }

    private void guests() {
        if (status.guests().count() > 0) {
            notices.add(new Notice(
                    "warn",
                    "Guests with access for a limited time, in addition to the policy: "
                            + status.guests().count(),
                    "",
                    status.guests().first().stream()
                            .map(g -> g.inWords() + ", until " + Moments.time(g.until()))
                            .toList()));
        }
    }

    private void staged() {
        status.staged()
                .ifPresent(s -> notices.add(new Notice(
                        "warn",
                        "A second policy is staged (tried without being enforced): " + s.file(),
                        "Until " + Moments.time(s.until()) + "; " + s.inWords() + ".",
                        List.of())));
    }

    private void lists() {
        var wrong = status.lists().stream()
                .filter(l -> l.error().isPresent() || l.held().isPresent())
                .map(ListRow::inWords)
                .toList();
        if (!wrong.isEmpty()) {
            notices.add(new Notice(
                    "warn", "Lists that are not up to date", "Their last good versions stay in force.", wrong));
        }
    }

    private void problems() {
        var errors = problems(Problem.Severity.ERROR);
        var warnings = problems(Problem.Severity.WARNING);
        if (!errors.isEmpty()) {
            notices.add(new Notice(
                    "bad",
                    "The file on disk is refused",
                    "The policy in force does not change. The agent reads the file again when it changes.",
                    Stream.concat(errors.stream(), warnings.stream()).toList()));
        } else if (!warnings.isEmpty()) {
            notices.add(new Notice("warn", "The file on disk has warnings", "", warnings));
        }
    }

    /** As {@code check} prints them. */
    private List<String> problems(Problem.Severity severity) {
        return status.policy().problems().stream()
                .filter(p -> p.severity() == severity)
                .map(Problem::toString)
                .toList();
    }

    private void blindness() {
        if (status.isObserving()) {
            warn("Mode is observe", "Nothing is dropped. This page counts what mode enforce would drop.");
        }
        if (!status.hearing()) {
            warn(
                    "Changes by other programs are seen late",
                    "nft monitor does not run. The agent still checks the table at intervals and repairs it.");
        }
        if (status.auditUnwritten() > 0) {
            warn("The audit trail has gaps", status.auditUnwritten() + " lines could not be written. Check the disk.");
        }
    }
}
