package io.portero.cli;

import io.portero.cli.Tools.Terminal.Size;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws text over the content of a terminal line by line. No line is ever empty in between, so that nothing flickers.
 *
 * <p>The sequences are those of ECMA-48 and, for the alternate screen, of xterm.
 */
final class Picture {
    private static final String CSI = "\u001b[";
    private static final String BEGIN = CSI + "?2026h"; // terminals that support it show all changes at once
    private static final String END = CSI + "?2026l";
    private static final String HOME = CSI + "H";
    private static final String REST_OF_LINE = CSI + "K";
    private static final String REST_OF_SCREEN = CSI + "J";
    private static final String PLAIN = CSI + "0m";
    private static final Pattern SEQUENCE = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");

    private Picture() {}

    /** Switches to the alternate screen without a cursor; the terminal keeps its previous content. */
    static String open() {
        return CSI + "?1049h" + CSI + "?25l" + HOME + REST_OF_SCREEN;
    }

    /** Shows the previous content again. */
    static String close() {
        return PLAIN + CSI + "?25h" + CSI + "?1049l";
    }

    /** As much of the text as fits; if that is not all, the last line says so. */
    static String of(String text, Size size) {
        var lines = text.lines().toList();
        boolean whole = lines.size() <= size.rows();
        int shown = whole ? lines.size() : Math.max(0, size.rows() - 1);
        var picture = new StringBuilder(BEGIN).append(HOME);
        for (int i = 0; i < shown; i++) {
            picture.append(i == 0 ? "" : "\r\n")
                    .append(cut(lines.get(i), size.columns()))
                    .append(REST_OF_LINE);
        }
        if (!whole) {
            var more = "... " + Plural.of(lines.size() - shown, "more line") + "; make the window taller";
            picture.append(shown == 0 ? "" : "\r\n")
                    .append(cut(more, size.columns()))
                    .append(REST_OF_LINE);
        }
        return picture.append(REST_OF_SCREEN).append(END).toString();
    }

    /** Escape sequences take no columns, and none stays open at the end. */
    private static String cut(String line, int columns) {
        Matcher sequence = SEQUENCE.matcher(line);
        var cut = new StringBuilder();
        int room = columns;
        int at = 0;
        while (sequence.find()) {
            int fits = Math.min(room, sequence.start() - at);
            cut.append(line, at, at + fits).append(sequence.group());
            room -= fits;
            at = sequence.end();
        }
        return cut.append(line, at, at + Math.min(room, line.length() - at)).toString();
    }
}
