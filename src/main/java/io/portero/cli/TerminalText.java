package io.portero.cli;

import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** Lines for a terminal of 80 columns or fewer: labelled, broken between words, and painted where that is allowed. */
final class TerminalText {
    static final int WIDTH = 80;
    private static final int LABEL = 11;

    private final ColorScheme colours;
    private final int width;
    private final StringBuilder text = new StringBuilder();

    TerminalText(Ansi ansi) {
        this(ansi, WIDTH);
    }

    /** @param columns of the terminal; more than {@value #WIDTH} are not used, since long lines are hard to read */
    TerminalText(Ansi ansi, int columns) {
        this.width = Math.min(columns, WIDTH);
        this.colours = new ColorScheme.Builder(ansi).build();
    }

    boolean isNarrow() {
        return width < WIDTH;
    }

    void heading(String line) {
        blank();
        line(line);
    }

    void blank() {
        line("");
    }

    void line(String line) {
        line(Tone.PLAIN, line);
    }

    void labelled(String label, String line) {
        labelled(Tone.PLAIN, label, line);
    }

    /** @param label may be empty, for what belongs to the line before */
    void labelled(Tone tone, String label, String line) {
        line(tone, label + " ".repeat(Math.max(1, LABEL - label.length())) + line);
    }

    /** Not broken, however long: what is to be copied whole. */
    void copied(String label, String line) {
        put(Tone.PLAIN, label + " ".repeat(Math.max(1, LABEL - label.length())) + line);
    }

    /** What belongs to a line that is broken stands further in. */
    void line(Tone tone, String line) {
        var rest = line.stripTrailing();
        while (rest.length() > width) {
            int end = rest.lastIndexOf(' ', width);
            if (end <= LABEL) {
                break; // one long word: a path, which is to be copied whole
            }
            put(tone, rest.substring(0, end));
            rest = " ".repeat(LABEL) + rest.substring(end + 1);
        }
        put(tone, rest);
    }

    private void put(Tone tone, String line) {
        text.append(tone == Tone.PLAIN ? line : colours.apply(line, List.of(tone)))
                .append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
