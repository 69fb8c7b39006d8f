package io.portero.compile;

import io.portero.policy.PortRange;
import java.util.Comparator;

/**
 * Some ports of a protocol, or all of a protocol that has none.
 *
 * @param protocol the IANA number
 */
record Slot(int protocol, int first, int last) implements Comparable<Slot> {
    private static final Comparator<Slot> ORDER = Comparator.comparingInt(Slot::protocol)
            .thenComparingInt(Slot::first)
            .thenComparingInt(Slot::last);

    static Slot whole(int protocol) {
        return new Slot(protocol, 0, PortRange.HIGHEST);
    }

    /** No port range begins at port 0. */
    boolean isWhole() {
        return first == 0;
    }

    @Override
    public int compareTo(Slot other) {
        return ORDER.compare(this, other);
    }
}
