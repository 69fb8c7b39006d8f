package io.portero.demo;

import io.portero.policy.Verdict;
import java.io.PrintStream;
import java.util.List;

/** The output of the demonstration: 80 columns, in colour if the terminal can show it. */
final class Page {
    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31;1";
    private static final String GREEN = "32";
    private static final String CYAN = "36";
    private static final int CELL = 9;

    private final PrintStream out;
    private final boolean colour;
    private final long start = System.nanoTime();
    private int step;

    Page(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    private String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    void title(String title, String subtitle) {
        out.println();
        out.println("  " + paint(BOLD, title));
        out.println("  " + paint(DIM, subtitle));
    }

    void heading(String heading) {
        step++;
        var clock = "%5.1f s".formatted((System.nanoTime() - start) / 1e9);
        out.println();
        out.println("  " + paint(CYAN, step + "") + "  " + paint(BOLD, "%-64s".formatted(heading)) + paint(DIM, clock));
        out.flush();
    }

    /** Prints what happens now. */
    void note(String text) {
        out.println("     " + text);
        out.flush();
    }

    void detail(String text) {
        note(paint(DIM, text));
    }

    /** Prints a check with its result, and whether the result is right. */
    void outcome(boolean good, String what, String result) {
        out.println("     " + paint(good ? GREEN : RED, good ? "ok  " : "NOT ") + "%-55s".formatted(what) + " "
                + paint(good ? BOLD : RED, "%14s".formatted(result)));
        out.flush();
    }

    /**
     * Prints the verdict of the policy where the packets of both families agree with it; blank where nothing was tried.
     */
    void table(List<Someone> everybody, List<Survey.Try> tries) {
        var header = new StringBuilder("%-30s".formatted(""));
        everybody.forEach(who -> header.append(centred(who.name())));
        note(paint(BOLD, header.toString().stripTrailing()));
        for (var door : Door.ALL) {
            var what = "%-11s%-19s".formatted(door.target(), door.what());
            var row = new StringBuilder(what);
            for (var who : everybody) {
                row.append(cell(tries.stream()
                        .filter(t -> t.who() == who && t.door() == door)
                        .toList()));
            }
            note(row.toString().stripTrailing());
        }
    }

    private String cell(List<Survey.Try> tries) {
        if (tries.isEmpty()) {
            return centred("");
        }
        if (!tries.stream().allMatch(Survey.Try::agrees)) {
            return paint(RED, centred("WRONG"));
        }
        return tries.getFirst().said() == Verdict.ACCEPT ? paint(GREEN, centred("open")) : paint(DIM, centred("."));
    }

    private static String centred(String text) {
        int left = (CELL - text.length()) / 2;
        return " ".repeat(left) + text + " ".repeat(CELL - left - text.length());
    }

    void code(String line) {
        note("  " + paint(CYAN, line));
    }

    void verdict(boolean good, String text) {
        out.println();
        out.println("  " + paint(good ? GREEN + ";1" : RED, text));
        out.println();
        out.flush();
    }
}
