package io.portero.cli;

/** What the other end of standard output can show. */
final class Screen {
    private Screen() {}

    /** True for a terminal that has not been asked to stay plain (no-color.org). */
    static boolean allowsColour() {
        var console = System.console();
        return console != null
                && console.isTerminal()
                && System.getenv("NO_COLOR") == null
                && !"dumb".equals(System.getenv("TERM"));
    }
}
