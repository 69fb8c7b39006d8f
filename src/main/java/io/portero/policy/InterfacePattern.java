package io.portero.policy;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A network interface by its name, or several by what their names begin with and a {@code *}. */
public record InterfacePattern(String text) implements Comparable<InterfacePattern> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,14}\\*?");

    /** What comes in by it comes from this host itself. */
    public static final InterfacePattern LOOPBACK = new InterfacePattern("lo");

    public static final String RULE =
            "write an interface as its name, at most 15 characters, or as the beginning of its name and a *,"
                    + " such as eth1 or br-*";

    public InterfacePattern {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not an interface: " + text);
        }
    }

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches() && text.length() <= 15;
    }

    /** Whether an interface of this name is meant, as nft judges it: by the name alone. */
    public boolean matches(String name) {
        return text.endsWith("*") ? name.startsWith(text.substring(0, text.length() - 1)) : name.equals(text);
    }

    /** Whether every interface that the other means is meant. */
    boolean covers(InterfacePattern other) {
        return equals(other) || text.endsWith("*") && other.text.startsWith(text.substring(0, text.length() - 1));
    }

    @Override
    public int compareTo(InterfacePattern other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof InterfacePattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
