package io.portero.migration;

import java.util.List;

/**
 * A chain of iptables or nft.
 *
 * @param closed whether it refuses what reaches its end; has no meaning for a chain that others jump to
 */
record Chain(String name, boolean closed, List<Rule> rules) {
    Chain {
        rules = List.copyOf(rules);
    }

    /**
     * @param text the text in the file, for messages
     * @param note its comment
     */
    record Rule(String where, String text, Match match, Action action, String note) {}

    /** What a rule does with the packets that it matches. */
    sealed interface Action {
        record Admit() implements Action {}

        record Refuse() implements Action {}

        /** @param returns whether packets come back from there */
        record Jump(String chain, boolean returns) implements Action {}

        record Return() implements Action {}

        /** Counts, logs or marks. */
        record Nothing() implements Action {}

        /** @param why a clause */
        record Unknown(String why) implements Action {}
    }
}
