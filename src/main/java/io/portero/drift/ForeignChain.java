package io.portero.drift;

import io.portero.compile.Chain.Hook;

/**
 * A foreign base chain, as the kernel's list of hooks shows it; its rules are not read.
 *
 * @param family such as {@code ip}
 * @param hook such as {@code prerouting}
 */
public record ForeignChain(String family, String table, String chain, String hook, int priority) {

    /** Whether it sees packets to this host before our chain, so that it may drop or rewrite packets that we admit. */
    public boolean isBeforeUs() {
        return hook.equals("ingress") || hook.equals(Hook.CHOKE_POINT.hook()) && priority < Hook.CHOKE_POINT.priority();
    }

    String where() {
        return family + " " + table;
    }

    @Override
    public String toString() {
        return "chain " + family + " " + table + " " + chain + " (" + hook + ", priority " + priority + ")";
    }
}
