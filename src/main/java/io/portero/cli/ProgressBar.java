package io.portero.cli;

import java.io.PrintWriter;

/**
 * A progress line on a terminal; without a terminal it shows nothing. It uses the error output, so that the standard
 * output contains only results.
 */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 24;

    private final PrintWriter out;
    private final boolean shown;
    private int width;

    ProgressBar(PrintWriter out) {
        this(out, Screen.isTerminal());
    }

    ProgressBar(PrintWriter out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    /** @param what the text after the bar */
    void show(int done, int all, String what) {
        if (!shown) {
            return;
        }
        int full = all == 0 ? CELLS : CELLS * done / all;
        var line = "[" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + done + " of " + all + " " + what;
        out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
        out.flush();
        width = line.length();
    }

    @Override
    public void close() {
        clear();
    }

    /** Removes the line. */
    void clear() {
        if (shown && width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.flush();
            width = 0;
        }
    }
}
