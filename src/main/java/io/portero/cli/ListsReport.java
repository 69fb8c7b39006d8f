package io.portero.cli;

import io.portero.status.ListRow;
import java.time.Duration;
import java.util.List;

/** The lists of a policy as a table, with the problems of each list below it. */
final class ListsReport {
    private static final String[] UNITS = {"B", "kB", "MB"};
    private static final int THOUSAND = 1000;

    private ListsReport() {}

    static String of(List<ListRow> rows) {
        int widest = rows.stream().mapToInt(r -> r.list().length()).max().orElse(0);
        var table = Columns.of(
                Columns.whole(widest),
                Columns.right(8),
                Columns.right(8),
                Columns.right(8),
                Columns.right(8),
                Columns.whole(0));
        var text = new StringBuilder(table.row("list", "entries", "size", "age", "next", "groups")).append('\n');
        for (var row : rows) {
            text.append(table.row(
                            row.list(),
                            row.entries().map(String::valueOf).orElse("-"),
                            row.bytes().map(ListsReport::size).orElse("-"),
                            row.ageSeconds().map(ListsReport::time).orElse("never"),
                            row.nextSeconds().map(ListsReport::time).orElse("-"),
                            String.join(", ", row.places())))
                    .append('\n');
            row.error().ifPresent(why -> text.append("  ").append(why).append('\n'));
            row.held()
                    .ifPresent(held ->
                            text.append("  held back: ").append(held.why()).append('\n'));
        }
        return text.toString();
    }

    private static String time(long seconds) {
        return BanDuration.text(Duration.ofSeconds(seconds));
    }

    private static String size(long bytes) {
        long amount = bytes;
        int unit = 0;
        while (amount >= 10 * THOUSAND && unit < UNITS.length - 1) {
            amount /= THOUSAND;
            unit++;
        }
        return amount + " " + UNITS[unit];
    }
}
