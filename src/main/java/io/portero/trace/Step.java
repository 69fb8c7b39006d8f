package io.portero.trace;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one rule, or the policy of a chain, did with a packet.
 *
 * @param table with its family, for example {@code ip filter}
 * @param base the base chain through which the packet entered the table
 * @param chain the chain of the rule: the base chain, or a chain that it jumped to
 * @param verdict in nft's words, for example {@code accept} or {@code goto service_sip}
 */
public record Step(String table, String base, String chain, By by, String verdict) {
    private static final String OURS = "inet portero";
    private static final Pattern HASH = Pattern.compile(" [0-9a-f]{8}$");

    /** The rule or the policy that decided. */
    public sealed interface By {
        /** A rule; {@code comment} is the comment that its author wrote. */
        record Rule(String text, Optional<String> comment) implements By {}

        /** The chain's policy, which applies if no rule decides. */
        record Policy() implements By {}

        /** A rule that is in no listing: it is new, or its table could not be read. */
        record Unknown(String handle) implements By {}
    }

    /** Whether this is a step in Portero's own table. */
    public boolean isOurs() {
        return table.equals(OURS);
    }

    /** The policy key in the comment of one of our rules; empty for other rules. */
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

    /** Whether the packet continues to another rule after this step. */
    boolean leadsOn() {
        return verdict.equals("continue")
                || verdict.equals("return")
                || verdict.startsWith("jump ")
                || verdict.startsWith("goto ");
    }

    /** The table and the base chain, for people. */
    public String where() {
        return table + " " + base;
    }

    /** The chain that it goes to without return; empty if there is none. */
    String leadsTo() {
        return verdict.startsWith("goto ") ? verdict.substring("goto ".length()) : "";
    }

    /** The rule or the policy, in words. */
    String reason() {
        return switch (by) {
            case By.Rule(String text, Optional<String> comment) -> "by its rule " + text;
            case By.Policy policy -> "by its policy";
            case By.Unknown(String handle) ->
                "by its rule with handle " + handle + " (nft -a list table " + table + " shows it)";
        };
    }
}
