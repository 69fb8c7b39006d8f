package io.portero.cli;

import picocli.CommandLine.Help.Ansi;

/** What the other end of standard output can show. */
final class Screen {
    private Screen() {}

    /** True for a terminal that has not been asked to stay plain: picocli honours NO_COLOR and CLICOLOR. */
    static boolean allowsColour() {
        var console = System.console();
        return console != null && console.isTerminal() && Ansi.AUTO.enabled() && !"dumb".equals(System.getenv("TERM"));
    }

    static Ansi ansi() {
        return allowsColour() ? Ansi.ON : Ansi.OFF;
    }
}
