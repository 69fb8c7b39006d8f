package io.portero.cli;

import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** Lines for a terminal of at most 80 columns, with labels, line breaks between words, and colours if allowed. */
final class TerminalText {
    static final int WIDTH = 80;
    private static final int LABEL = 11;

    private final ColorScheme colours;
    private final int width;
    private final StringBuilder text = new StringBuilder();

    TerminalText(Ansi ansi) {
        this(ansi, WIDTH);
    }

    /**
     * @param columns the width of the terminal; at most {@value #WIDTH} are used, because long lines are hard to read
     */
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

    /** @param label empty if the line continues the line before */
    void labelled(Tone tone, String label, String line) {
        line(tone, label + " ".repeat(Math.max(1, LABEL - label.length())) + line);
    }

    /** Prints without line breaks, so that the line can be copied as a whole. */
    void copied(String label, String line) {
        put(Tone.PLAIN, label + " ".repeat(Math.max(1, LABEL - label.length())) + line);
    }

    /** Indents the further lines of a broken line. */
    void line(Tone tone, String line) {
        var rest = line.stripTrailing();
        while (rest.length() > width) {
            int end = rest.lastIndexOf(' ', width);
            if (end <= LABEL) {
                break; // one long word: a path, which should stay copyable
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
