package io.portero.policy;

import java.util.regex.Pattern;

/** A network interface by its name, or several by what their names begin with and a {@code *}. */
public record InterfacePattern(String text) implements Comparable<InterfacePattern> {
    public static final String RULE =
            "an interface is written as its name, at most 15 characters, or as the beginning of"
                    + " its name and a *, such as eth1 or br-*";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,14}\\*?");

    public InterfacePattern {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not an interface: " + text);
        }
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches() && text.length() <= 15;
    }

    @Override
    public int compareTo(InterfacePattern other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
