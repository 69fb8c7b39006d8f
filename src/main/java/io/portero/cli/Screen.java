package io.portero.cli;

import picocli.CommandLine.Help.Ansi;

/** What the other end of standard output can show. */
final class Screen {
    private Screen() {}

    /** Whether lines can be written over. */
    static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** True for a terminal that has not been asked to stay plain: picocli honours NO_COLOR and CLICOLOR. */
    static boolean allowsColour() {
        return isTerminal() && Ansi.AUTO.enabled();
    }

    static Ansi ansi() {
        return allowsColour() ? Ansi.ON : Ansi.OFF;
    }
}
