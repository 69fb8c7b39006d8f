package io.portero.proposal;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes lines of a policy file with comments beside and above them. */
public final class PolicyText {
    private static final int COMMENTS_AT = 33;
    private static final int WIDTH = 78;
    /** Plain scalars that are safe everywhere in YAML; all others are quoted. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./*-]*");
    /** Texts from other programs and rules are untrusted. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private final StringBuilder text = new StringBuilder();

    public void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    public void line(String line, String comment) {
        line(comment.isEmpty() ? line : String.format("%-" + (COMMENTS_AT - 1) + "s # %s", line, legible(comment)));
    }

    public void blank() {
        text.append('\n');
    }

    /** A comment, wrapped to the width of a terminal. */
    public void comment(String indent, String comment) {
        var line = new StringBuilder();
        for (var word : legible(comment).split(" ")) {
            if (!line.isEmpty() && indent.length() + 2 + line.length() + 1 + word.length() > WIDTH) {
                line(indent + "# " + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        line(indent + "# " + line);
    }

    /** One item of a list in a comment. */
    public void item(String comment) {
        var before = text.length();
        comment("  ", comment);
        var lines = text.substring(before)
                .lines()
                .map(l -> "#   " + l.substring("  # ".length()))
                .toList();
        text.setLength(before);
        line("# - " + lines.getFirst().substring("#   ".length()));
        lines.subList(1, lines.size()).forEach(this::line);
    }

    public static String list(List<String> words) {
        return words.stream().map(PolicyText::word).collect(Collectors.joining(", ", "[", "]"));
    }

    public static String word(String word) {
        return PLAIN.matcher(word).matches()
                ? word
                : '"' + legible(word).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static String legible(String words) {
        return UNPRINTABLE.matcher(words).replaceAll("?");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
