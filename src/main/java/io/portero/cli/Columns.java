package io.portero.cli;

import java.util.List;

/**
 * The columns of a table, separated by a space.
 *
 * <p>picocli's TextTable does not fit: it can only align to the left, and it cuts cells without a mark.
 */
record Columns(List<Column> columns) {
    private static final String ELLIPSIS = "...";

    static Columns of(Column... columns) {
        return new Columns(List.of(columns));
    }

    /** @param cut whether a longer cell is cut; otherwise it moves the other cells to the right */
    record Column(int width, boolean right, boolean cut) {}

    static Column cut(int width) {
        return new Column(width, false, true);
    }

    static Column whole(int width) {
        return new Column(width, false, false);
    }

    static Column right(int width) {
        return new Column(width, true, false);
    }

    /** @param cells one for each column */
    String row(String... cells) {
        var row = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            row.append(i == 0 ? "" : " ").append(padded(cells[i], columns.get(i)));
        }
        return row.toString().stripTrailing();
    }

    private static String padded(String cell, Column column) {
        if (column.cut() && cell.length() > column.width()) {
            return cell.substring(0, column.width() - ELLIPSIS.length()) + ELLIPSIS;
        }
        var padding = " ".repeat(Math.max(0, column.width() - cell.length()));
        return column.right() ? padding + cell : cell + padding;
    }
}
