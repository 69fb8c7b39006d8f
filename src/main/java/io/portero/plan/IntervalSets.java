package io.portero.plan;

/** Whether a kernel can change the members of an interval set in place without a gap. */
public enum IntervalSets {
    /** Yes: the kernel looks intervals up in an array, which it replaces at once. */
    IN_PLACE,
    /**
     * No: the kernel changes a tree member by member, and look-ups fail meanwhile (measured on 6.1 and 6.12). So such a
     * set is refilled while the rules use another set.
     */
    ANEW
}
