package io.portero.cli;

import static io.portero.cli.Columns.right;
import static io.portero.cli.Columns.whole;

import io.portero.policy.FirstFew;
import io.portero.status.Counted;
import io.portero.status.DroppedRow;
import io.portero.status.OutgoingRow;
import java.time.Duration;
import java.util.List;

/** The sources that mode enforce would have dropped, for a terminal of 80 columns. */
final class WouldDropReport {
    private static final Columns TABLE = Columns.of(whole(14), whole(32), whole(11), right(9), right(10));

    private static final Columns OUTGOING = Columns.of(whole(32), whole(11), right(9), right(10), whole(14));

    private WouldDropReport() {}

    static String of(Counted<DroppedRow> wouldDrop) {
        var first = wouldDrop.first();
        if (first.isEmpty()) {
            return "Nothing of the last 24 hours would have been dropped.\n";
        }
        var text = new StringBuilder();
        text.append("In the last 24 hours, mode enforce would have dropped:\n\n");
        text.append(TABLE.row("service", "source", "port", "packets", "last")).append('\n');
        for (var flow : first) {
            text.append(TABLE.row(
                            flow.service().orElse("none"),
                            flow.address(),
                            flow.port().orElse(""),
                            Long.toString(flow.packets()),
                            ago(flow.secondsAgo())))
                    .append('\n');
        }
        var more = FirstFew.of(List.of(), 0, wouldDrop.count() - first.size());
        text.append(more.more() > 0 ? more + "\n" : "");
        text.append("\nTo admit one, put its address into a group that the service admits (from:).\n"
                + "portero suggest prints the lines to add, without probable scans.\n");
        return text.toString();
    }

    /** The outgoing packets that would have been dropped; empty if there are none, or if everything may leave. */
    static String of(OutgoingRow outgoing) {
        var first = outgoing.refused().first();
        if (first.isEmpty()) {
            return "";
        }
        var text = new StringBuilder("\nMode enforce would not have let this leave the host and its containers:\n\n");
        text.append(OUTGOING.row("destination", "port", "packets", "last", "sent by"))
                .append('\n');
        for (var to : first) {
            text.append(OUTGOING.row(
                            to.address(), to.port(), Long.toString(to.packets()), ago(to.secondsAgo()), to.who()))
                    .append('\n');
        }
        var more = FirstFew.of(List.of(), 0, outgoing.refused().count() - first.size());
        text.append(more.more() > 0 ? more + "\n" : "");
        return text.append("\nTo admit one, put its address into to: of a service below outgoing.\n")
                .toString();
    }

    static String ago(long seconds) {
        var passed = Duration.ofSeconds(seconds);
        if (passed.toMinutes() < 1) {
            return seconds + " s ago";
        }
        return passed.toHours() < 1 ? passed.toMinutes() + " min ago" : passed.toHours() + " h ago";
    }
}
