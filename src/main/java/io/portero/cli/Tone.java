package io.portero.cli;

import picocli.CommandLine.Help.Ansi.IStyle;

/** The meaning of a line that its colour shows. */
enum Tone implements IStyle {
    PLAIN(""),
    GOOD("32;1"),
    WARN("33;1"),
    BAD("31;1"),
    QUIET("2");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    @Override
    public String on() {
        return CSI + code + "m";
    }

    /** picocli ends each styled text with a reset. */
    @Override
    public String off() {
        return "";
    }
}
