package io.portero.policy;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The valid names of groups and services.
 *
 * <p>Names go into the kernel unchanged, so they contain nothing that nft could misread, and are short enough for a
 * rule comment of 128 bytes.
 */
public final class Name {
    public static final String RULE =
            "a name starts with a letter, followed by letters, digits, - and _; at most 40 characters";

    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");
    /** Words that have another meaning where a group name is allowed. */
    private static final Set<String> RESERVED = Set.of("any", "banned", "revoked");

    private Name() {}

    public static boolean isValid(String name) {
        return FORM.matcher(name).matches();
    }

    public static boolean isReserved(String group) {
        return RESERVED.contains(group);
    }

    static String valid(String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException("not a name: " + name);
        }
        return name;
    }
}
