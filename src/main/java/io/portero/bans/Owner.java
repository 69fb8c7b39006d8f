package io.portero.bans;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a ban: a person, a jail of fail2ban, another program.
 *
 * <p>Bans of one address by two owners are two bans, and it is banned as long as the longer one lasts.
 *
 * @param name 1 to {@value #LONGEST} characters, without a blank at either end
 */
public record Owner(String name) implements Comparable<Owner> {
    private static final int LONGEST = 60;
    private static final Pattern SHAPE =
            Pattern.compile("[A-Za-z0-9._@]([A-Za-z0-9 ._:@/+-]{0,58}[A-Za-z0-9._:@/+-])?");
    private static final String LIMIT = "limit:";

    /** The owner of a ban without {@code --by}. */
    public static final Owner HAND = new Owner("hand");

    /** The owner of members of the kernel's sets that Portero did not add. */
    public static final Owner OTHER = new Owner("other");

    public Owner {
        if (!SHAPE.matcher(name).matches()) {
            throw new IllegalArgumentException("not an owner: " + name);
        }
    }

    /** The limit of a service, which the kernel enforces by itself. */
    public static Owner limit(String service) {
        return new Owner(LIMIT + service);
    }

    /** Whether it is the limit of a service. */
    boolean isLimit() {
        return name.startsWith(LIMIT);
    }

    /** The service whose limit it is. */
    String service() {
        return name.substring(LIMIT.length());
    }

    /** Thrown for an invalid name of an owner; the message is a clause. */
    public static final class NotAnOwner extends Exception {
        private NotAnOwner(String why) {
            super(why, null, false, false);
        }
    }

    /** Reads the name of an owner. */
    public static Owner parse(String text) throws NotAnOwner {
        if (!SHAPE.matcher(text).matches()) {
            throw new NotAnOwner("a name has at most " + LONGEST
                    + " letters, digits, spaces and any of . _ : @ / + -, and begins with a letter or digit");
        }
        return new Owner(text);
    }

    /** Reads the name of an owner that may make bans through Portero. */
    public static Owner parseMaker(String text) throws NotAnOwner {
        var owner = parse(text);
        if (owner.equals(OTHER) || owner.isLimit()) {
            throw new NotAnOwner(
                    "bans by \"" + owner + "\" are made by the kernel and by other programs; take another name");
        }
        return owner;
    }

    /** The owner that a text names, or {@link #HAND} where it names none. */
    static Owner orHand(String text) {
        return SHAPE.matcher(text).matches() ? new Owner(text) : HAND;
    }

    /** Written by hand: in a native executable the generated methods of a record take microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Owner(var that) && name.equals(that);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(Owner other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
