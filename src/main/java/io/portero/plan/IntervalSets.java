package io.portero.plan;

/** How a kernel lets the members of a set of intervals change while packets look into it. */
public enum IntervalSets {
    /** The new members take effect in one instant: the kernel looks intervals up in an array, which it exchanges. */
    IN_PLACE,
    /**
     * Packets meet members that come and go one by one, and lose their way in the tree meanwhile (measured on 6.1 and 6.12), so
     * a set that packets look into gets its members while they look into another.
     */
    ANEW
}
