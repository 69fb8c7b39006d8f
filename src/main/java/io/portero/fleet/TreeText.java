package io.portero.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prints a tree as YAML, equal trees as equal bytes.
 *
 * <p>The keys of a policy are in the order of the manual, all others in alphabetical order; a word is quoted only if
 * YAML could read it as something else.
 */
final class TreeText {
    private static final List<String> ORDER = List.of(
            "mode", "groups", "services", "deny", "ping", "outgoing", "trusted-interfaces", "tests", "safety", "agent");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./][A-Za-z0-9_./*+-]*");
    private static final Pattern NULL = Pattern.compile("(?i)null");
    private static final int LONGEST_LINE = 100;
    private static final int LAST = 99;

    private final StringBuilder text = new StringBuilder();

    private TreeText() {}

    static String print(Tree.Mapping root) {
        var printer = new TreeText();
        printer.entries(
                root,
                "",
                "",
                Comparator.<String>comparingInt(k -> ORDER.contains(k) ? ORDER.indexOf(k) : LAST)
                        .thenComparing(Comparator.naturalOrder()));
        return printer.text.toString();
    }

    private void entries(Tree.Mapping mapping, String first, String indent, Comparator<String> order) {
        var start = first;
        for (var key : mapping.entries().keySet().stream().sorted(order).toList()) {
            text.append(start).append(quoted(key)).append(':');
            below(mapping.entries().getOrDefault(key, new Tree.Nothing()), indent);
            start = indent;
        }
    }

    private void below(Tree tree, String indent) {
        switch (tree) {
            case Tree.Word word -> text.append(' ').append(quoted(word.text())).append('\n');
            case Tree.Nothing nothing -> text.append('\n');
            case Tree.Mapping mapping -> {
                if (mapping.entries().isEmpty()) {
                    text.append(" {}\n");
                } else {
                    text.append('\n');
                    entries(mapping, indent + "  ", indent + "  ", Comparator.naturalOrder());
                }
            }
            case Tree.Items items -> items(items, indent);
        }
    }

    private void items(Tree.Items items, String indent) {
        var line = inOneLine(items);
        if (!line.isEmpty()) {
            text.append(' ').append(line).append('\n');
            return;
        }
        text.append('\n');
        for (var item : items.items()) {
            text.append(indent).append("  -");
            switch (item) {
                case Tree.Mapping mapping
                when !mapping.entries().isEmpty() -> entries(mapping, " ", indent + "    ", Comparator.naturalOrder());
                case Tree.Mapping mapping -> below(mapping, indent + "  ");
                case Tree.Word word -> below(word, indent + "  ");
                case Tree.Nothing nothing -> below(nothing, indent + "  ");
                case Tree.Items nested -> below(nested, indent + "  ");
            }
        }
    }

    /** Nothing if it would be too long, or contains more than words. */
    private static String inOneLine(Tree.Items items) {
        var words = new ArrayList<String>();
        for (var item : items.items()) {
            if (!(item instanceof Tree.Word word)) {
                return "";
            }
            words.add(quoted(word.text()));
        }
        var line = words.stream().collect(Collectors.joining(", ", "[", "]"));
        return line.length() > LONGEST_LINE ? "" : line;
    }

    private static String quoted(String word) {
        if (PLAIN.matcher(word).matches() && !NULL.matcher(word).matches()) {
            return word;
        }
        var quoted = new StringBuilder("\"");
        word.codePoints().forEach(c -> {
            var escape = Map.of((int) '"', "\\\"", (int) '\\', "\\\\", (int) '\n', "\\n", (int) '\t', "\\t")
                    .get(c);
            if (escape != null) {
                quoted.append(escape);
            } else if (c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
