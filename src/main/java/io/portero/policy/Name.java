package io.portero.policy;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * What groups and services may be called.
 *
 * <p>Names go into the kernel as they are, so they hold nothing that nft could read as anything else, and stay short
 * enough for a rule comment of 128 bytes.
 */
public final class Name {
    public static final String RULE =
            "a name starts with a letter, followed by letters, digits, - and _; at most 40 characters";

    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");
    /** Words that mean something else where a group could stand. */
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
