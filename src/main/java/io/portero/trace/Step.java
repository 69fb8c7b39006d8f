package io.portero.trace;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one rule, or the policy of a chain, did with a packet.
 *
 * @param table with its family, such as {@code ip filter}
 * @param base the base chain by which the packet came into the table
 * @param chain the chain of the rule, which is the base chain or one that it jumped to
 * @param verdict in nft's words, such as {@code accept} or {@code goto service_sip}
 */
public record Step(String table, String base, String chain, By by, String verdict) {
    private static final String OURS = "inet portero";
    private static final Pattern HASH = Pattern.compile(" [0-9a-f]{8}$");

    /** What decided. */
    public sealed interface By {
        /** A rule; {@code comment} is what its author wrote. */
        record Rule(String text, Optional<String> comment) implements By {}

        /** The chain's policy, which takes what no rule has taken. */
        record Policy() implements By {}

        /** A rule that is in no listing: it is new, or its table could not be read. */
        record Unknown(String handle) implements By {}
    }

    /** Whether it is of the table that Portero keeps. */
    public boolean isOurs() {
        return table.equals(OURS);
    }

    /** The policy key in the comment of a rule of ours; empty where there is none. */
    String key() {
        return by instanceof By.Rule(String text, Optional<String> comment)
                ? comment.map(c -> HASH.matcher(c).replaceFirst("")).orElse("")
                : "";
    }

    boolean isDrop() {
        return verdict.equals("drop");
    }

    boolean isAccept() {
        return verdict.equals("accept");
    }

    /** Whether the packet only goes on to another rule after it. */
    boolean leadsOn() {
        return verdict.equals("continue")
                || verdict.equals("return")
                || verdict.startsWith("jump ")
                || verdict.startsWith("goto ");
    }

    /** The table and the base chain, as people name them. */
    public String where() {
        return table + " " + base;
    }

    /** The chain that it leads to for good; empty where it leads nowhere. */
    String leadsTo() {
        return verdict.startsWith("goto ") ? verdict.substring("goto ".length()) : "";
    }

    /** What decided, in words. */
    String reason() {
        return switch (by) {
            case By.Rule(String text, Optional<String> comment) -> "by its rule " + text;
            case By.Policy policy -> "by its policy";
            case By.Unknown(String handle) ->
                "by its rule with handle " + handle + " (nft -a list table " + table + " shows it)";
        };
    }
}
