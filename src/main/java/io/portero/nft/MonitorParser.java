package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.compile.StagedRules;
import io.portero.drift.ForeignChain;
import io.portero.drift.ForeignChange.Touched;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Assembles the lines of {@code nft monitor} into transactions.
 *
 * <p>A line for each change comes first ({@code add rule inet portero ...}), then one that ends the transaction and
 * names the process: {@code # new generation 7 by process 17854 (nft)}; texts as of nft 1.0.6 and 1.1.3. However many
 * changes a transaction has, only the first of ours are kept. Belongs to one thread.
 */
final class MonitorParser {
    /** A program's name may hold the end of a line (prctl(2), PR_SET_NAME); the bracket is then in the next one. */
    private static final Pattern END = Pattern.compile("# new generation \\d+ by process (\\d{1,18}) \\((.*?)\\)?");

    private static final String LOST = "# ERROR: We lost some netlink events!";
    /**
     * What nft 1.0.6 prints for members after any set was deleted since its start, because it has then lost all its
     * sets.
     */
    private static final String UNKNOWN_SET = "W: Received event for an unknown set";

    private static final String OURS = " " + Ruleset.TABLE;
    private static final String BANS = " " + Ruleset.BANS_TABLE;
    private static final String TABLE_FOR_BANS = "table " + Ruleset.BANS_TABLE;
    private static final String TRACE = "trace id ";
    private static final String CHAIN_MADE = "add chain ";
    private static final String CHAIN_GONE = "delete chain ";
    private static final int CHANGES_KEPT = 20;
    private static final int TOUCHED_KEPT = 200;
    private static final int LONGEST = 200;

    private List<String> ours = new ArrayList<>();
    private Set<Touched> touched = new LinkedHashSet<>();
    private boolean tableGone;
    private boolean blurred;

    /** What a line says. */
    sealed interface Said {
        /** A transaction is complete. */
        record Ended(Generation generation) implements Said {}

        /** A base chain was created outside our table. */
        record ChainMade(ForeignChain chain) implements Said {}

        /** A chain outside our table was deleted; named by family, table and name. */
        record ChainGone(String chain) implements Said {}

        /** The kernel sent more events than the socket could hold. */
        record Lost() implements Said {}

        /** It is a change, which belongs to a transaction that is not complete yet. */
        record More() implements Said {}

        /** An unknown line; usually it says why the program is about to end. */
        record Other(String line) implements Said {}
    }

    Said read(String line) {
        if (line.startsWith("# ")) {
            return comment(line);
        }
        if (line.startsWith(TRACE)) {
            return new Said.More(); // a program traces packets, which changes nothing
        }
        int at = line.indexOf(OURS);
        if (at >= 0) {
            change(line, at, isAboutBans(line, at) ? BANS : OURS);
            return new Said.More();
        }
        if (line.startsWith(CHAIN_MADE)) {
            return chainMade(line);
        }
        if (line.startsWith(CHAIN_GONE)) {
            return new Said.ChainGone(line.substring(CHAIN_GONE.length()).strip());
        }
        if (line.startsWith(UNKNOWN_SET)) {
            blurred = true;
            touched.add(new Touched("element", ""));
            return new Said.More();
        }
        return isChange(line) || line.startsWith("\t") || line.startsWith("}") ? new Said.More() : new Said.Other(line);
    }

    private static boolean isChange(String line) {
        return line.startsWith("add ")
                || line.startsWith("delete ")
                || line.startsWith("insert ")
                || line.startsWith("replace ")
                || line.startsWith("table ");
    }

    private static Said chainMade(String line) {
        var words = line.split(" ", 6);
        var spec = HookSpec.parse(line);
        return spec.isPresent()
                        && words.length == 6
                        && !TraceTable.isNamed(words[2], words[3])
                        && !StagedRules.isNamed(words[2], words[3])
                ? new Said.ChainMade(new ForeignChain(
                        words[2],
                        words[3],
                        words[4],
                        spec.get().hook(),
                        spec.get().priority()))
                : new Said.More();
    }

    private Said comment(String line) {
        var end = END.matcher(line);
        if (end.matches()) {
            var generation =
                    new Generation(Long.parseLong(end.group(1)), end.group(2), ours, touched, tableGone, blurred);
            begin();
            return new Said.Ended(generation);
        }
        if (line.startsWith(LOST)) {
            begin();
            return new Said.Lost();
        }
        return new Said.Other(line);
    }

    private void begin() {
        ours = new ArrayList<>();
        touched = new LinkedHashSet<>();
        tableGone = false;
        blurred = false;
    }

    private static boolean isAboutBans(String line, int at) {
        return line.startsWith(BANS, at);
    }

    /**
     * @param at the index of the table's name; a verb and the kind of object are before it
     * @param table the name
     */
    private void change(String line, int at, String table) {
        int space = line.indexOf(' ');
        int behind = at + table.length();
        if (line.indexOf(' ', space + 1) != at || behind < line.length() && line.charAt(behind) != ' ') {
            return; // a foreign table with our name in its own
        }
        if (ours.size() < CHANGES_KEPT) {
            ours.add(line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...");
        }
        var kind = line.substring(space + 1, at);
        if (kind.equals("table") && table.equals(OURS)) {
            tableGone = line.startsWith("delete ");
        }
        if (touched.size() < TOUCHED_KEPT) {
            touched.add(new Touched(
                    kind,
                    table.equals(BANS) && !kind.equals("element")
                            ? TABLE_FOR_BANS
                            : firstWord(line.substring(behind)).orElse("")));
        }
    }

    private static Optional<String> firstWord(String text) {
        var stripped = text.strip();
        int end = stripped.indexOf(' ');
        return stripped.isEmpty() ? Optional.empty() : Optional.of(end < 0 ? stripped : stripped.substring(0, end));
    }
}
