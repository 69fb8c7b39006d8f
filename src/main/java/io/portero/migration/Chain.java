package io.portero.migration;

import java.util.List;

/**
 * A chain of iptables or nft.
 *
 * @param closed whether it refuses what reaches its end; says nothing of a chain that others jump to
 */
record Chain(String name, boolean closed, List<Rule> rules) {
    Chain {
        rules = List.copyOf(rules);
    }

    /**
     * @param text as it stands in the file, for those who are told of it
     * @param note what its author wrote beside it
     */
    record Rule(String where, String text, Match match, Action action, String note) {}

    /** What a rule does with what it is about. */
    sealed interface Action {
        record Admit() implements Action {}

        record Refuse() implements Action {}

        /** @param returns whether what passes there comes back */
        record Jump(String chain, boolean returns) implements Action {}

        record Return() implements Action {}

        /** Counts, logs, marks. */
        record Nothing() implements Action {}

        /** @param why a clause */
        record Unknown(String why) implements Action {}
    }
}
