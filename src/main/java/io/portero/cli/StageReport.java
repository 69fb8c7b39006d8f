package io.portero.cli;

import static io.portero.cli.Columns.right;
import static io.portero.cli.Columns.whole;

import io.portero.compile.StageChange;
import io.portero.status.Counted;
import io.portero.status.DroppedRow;
import io.portero.status.StagedRow;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The differences between a staged policy and the policy in force, for a terminal of 80 columns. */
final class StageReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final Columns TABLE = Columns.of(whole(18), whole(28), whole(11), right(9), right(10));

    private StageReport() {}

    static String of(StagedRow staged) {
        var text = new StringBuilder();
        text.append(staged.file())
                .append(" is tried on live traffic without being enforced,\ncounted since ")
                .append(TIME.format(staged.since()))
                .append(", ends in ")
                .append(BanDuration.text(Duration.ofSeconds(staged.secondsLeft())))
                .append(".\n");
        staged.problem()
                .ifPresent(why -> text.append("It is not being tried at present: ")
                        .append(why)
                        .append("\n"));
        text.append('\n');
        side(text, staged.packets(StageChange.DROP), "Would be dropped, but is admitted now", staged.wouldDrop());
        text.append('\n');
        side(text, staged.packets(StageChange.ADMIT), "Would be admitted, but is dropped now", staged.wouldAdmit());
        staged.gaps()
                .sentences()
                .forEach(sentence -> text.append('\n').append(sentence).append('\n'));
        text.append("\nSources are those of the last 24 hours. To end it: portero stage --end. To put it in force,\n"
                + "put its text into the agent's policy file.\n");
        return text.toString();
    }

    private static void side(StringBuilder text, long packets, String what, Counted<DroppedRow> sources) {
        text.append(what).append(packets == 0 ? ": nothing so far.\n" : ": " + Plural.of(packets, "packet") + "\n");
        if (sources.first().isEmpty()) {
            return;
        }
        text.append(TABLE.row("service", "source", "port", "packets", "last")).append('\n');
        for (var flow : sources.first()) {
            text.append(TABLE.row(
                            flow.service().orElse("none"),
                            flow.address(),
                            flow.port().orElse(""),
                            Long.toString(flow.packets()),
                            WouldDropReport.ago(flow.secondsAgo())))
                    .append('\n');
        }
        long more = sources.count() - sources.first().size();
        text.append(more > 0 ? "and " + more + " more\n" : "");
    }
}
