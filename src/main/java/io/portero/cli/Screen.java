package io.portero.cli;

import picocli.CommandLine.Help.Ansi;

/** The abilities of the terminal at the standard output. */
final class Screen {
    private Screen() {}

    /** Whether lines can be overwritten. */
    static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** True for a terminal whose user did not switch colours off: picocli honours NO_COLOR and CLICOLOR. */
    static boolean allowsColour() {
        return isTerminal() && Ansi.AUTO.enabled();
    }

    static Ansi ansi() {
        return allowsColour() ? Ansi.ON : Ansi.OFF;
    }
}
