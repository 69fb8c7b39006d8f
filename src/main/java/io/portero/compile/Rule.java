package io.portero.compile;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One rule: what it matches and does, in nft's words, and the policy key that it comes from.
 *
 * <p>Its comment in the kernel holds the key and a hash of the text, so that a listing alone shows whether a rule is
 * ours, changed or foreign. nft allows a comment 128 bytes.
 */
public record Rule(String key, String text) {
    private static final Pattern SET = Pattern.compile("@([A-Za-z0-9_.-]+)");
    private static final Pattern COUNTER = Pattern.compile("counter name \"([A-Za-z0-9_-]+)\"");
    private static final int COMMENT_BYTES = 128;

    public Rule {
        if (key.contains("\"") || key.length() + 9 > COMMENT_BYTES) {
            throw new IllegalArgumentException("not a key for a comment: " + key);
        }
    }

    public String comment() {
        return key + " " + Hash.of(text);
    }

    /** Whether it matches every packet and ends the evaluation. */
    boolean isFinal() {
        return text.startsWith("goto ");
    }

    /** Whether it sends matching outgoing packets to a refusing chain. */
    public boolean refuses() {
        return text.endsWith(OutgoingNames.REFUSE);
    }

    /** Whether it only sends every packet to another chain. */
    boolean isUnconditional() {
        return isFinal() || text.startsWith("jump ");
    }

    /** The names of the sets and maps that this rule uses. */
    public SortedSet<String> lookups() {
        return found(SET);
    }

    /** The rule with other sets and maps in place of those that it uses. */
    public Rule lookingInto(UnaryOperator<String> names) {
        return new Rule(
                key, SET.matcher(text).replaceAll(m -> Matcher.quoteReplacement("@" + names.apply(m.group(1)))));
    }

    SortedSet<String> counters() {
        return found(COUNTER);
    }

    private SortedSet<String> found(Pattern pattern) {
        var names = new TreeSet<String>();
        pattern.matcher(text).results().forEach(m -> names.add(m.group(1)));
        return names;
    }

    /** A short hash that identifies a content; not collision-resistant. */
    static final class Hash {
        private Hash() {}

        static String of(String text) {
            var sum = new CRC32C();
            sum.update(text.getBytes(StandardCharsets.UTF_8));
            return String.format("%08x", sum.getValue());
        }
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof Rule that && key.equals(that.key) && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, text);
    }
}
