package io.portero.nft;

import io.portero.compile.Ruleset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Our table as {@code nft list table} prints it, object by object, with counters, members and their remaining time, so
 * that nft can load it under another name.
 */
record ListedTable(List<Block> blocks) {
    private static final Pattern COMMENT = Pattern.compile("comment \"([^\"]*)\"$");
    private static final String BASE = "prerouting";

    /**
     * A set, a map, a counter or a chain.
     *
     * @param head its first line, which names it and ends with a brace
     */
    record Block(String head, List<String> lines) {
        /** Base chains see packets from the moment when they are created. */
        boolean isHooked() {
            return head.startsWith("chain ") && lines.stream().anyMatch(line -> line.startsWith("\t\ttype "));
        }

        boolean isBanSet() {
            return head.startsWith("set ") && BansTable.holds(head.split(" ")[1]);
        }

        /** With the rules that this form has. */
        String in(TableForm form) {
            var text = new StringBuilder("\t" + head + "\n");
            lines.forEach(line -> text.append(rule(line, form)).append('\n'));
            return text.append("\t}\n").toString();
        }

        private static String rule(String line, TableForm form) {
            var comment = COMMENT.matcher(line);
            return comment.find()
                    ? BansTable.inOther(comment.group(1), form)
                            .map(rule -> "\t\t" + rule.text() + " comment \"" + rule.comment() + "\"")
                            .orElse(line)
                    : line;
        }
    }

    /** Reads a listing; text outside any object (flags, a comment) belongs to the table itself. */
    static ListedTable parse(String listing) {
        var blocks = new ArrayList<Block>();
        var lines = new ArrayList<String>();
        var head = "";
        for (var line : listing.lines().toList()) {
            if (head.isEmpty() && line.startsWith("\t") && line.endsWith("{")) {
                head = line.strip();
            } else if (!head.isEmpty() && line.equals("\t}")) {
                blocks.add(new Block(head, List.copyOf(lines)));
                lines.clear();
                head = "";
            } else if (!head.isEmpty()) {
                lines.add(line);
            }
        }
        return new ListedTable(List.copyOf(blocks));
    }

    /** Whether it judges packets. */
    boolean isInForce() {
        return blocks.stream().anyMatch(b -> b.isHooked() && b.head().equals("chain " + BASE + " {"));
    }

    /** The selected objects, as a block of that table. */
    String block(String table, TableForm form, TableForm rules, Predicate<Block> which) {
        return block(table, form, objects(rules, which));
    }

    String objects(TableForm rules, Predicate<Block> which) {
        var text = new StringBuilder();
        blocks.stream().filter(which).forEach(b -> text.append(b.in(rules)));
        return text.toString();
    }

    static String block(String table, TableForm form, String objects) {
        return "table " + table + " {\n" + (form == TableForm.SEALED ? "\t" + TableForm.FLAGS + "\n" : "") + objects
                + "}\n";
    }

    /** The sets of banned addresses, wherever they are. */
    static String banSets(ListedTable from) {
        return from.objects(TableForm.PLAIN, Block::isBanSet);
    }

    static String tableDeletion(String table) {
        return "delete table " + table + "\n";
    }

    static final String BRIDGE = Ruleset.TABLE + "_bridge";
}
