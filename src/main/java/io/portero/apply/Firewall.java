package io.portero.apply;

import io.portero.compile.NamedSet;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.TimedMember;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The port to the packet filter, which holds at most one table of ours and any number of foreign ones.
 *
 * <p>A transaction takes effect as a whole or not at all. Nothing outside our table is ever listed or changed. A
 * failure is returned, never thrown.
 */
public interface Firewall {

    /** The current content of our table. */
    Reading<Snapshot> read();

    /** Carries out one transaction. */
    Optional<Failure> commit(List<? extends Statement> transaction);

    /** Removes our table; an absent table is no failure. */
    Optional<Failure> remove();

    /**
     * Whether the members of interval sets can change in place without affecting packets; known after the first
     * reading.
     */
    IntervalSets intervalSets();

    /** The value of each named counter; empty if there is no table. */
    Reading<Map<String, Count>> counters();

    /** The members of a set with timeouts; costs less than a reading of the table. */
    Reading<List<TimedMember>> members(String set);

    /** The dropped sources, in no order; empty if there is no such set. */
    Reading<List<DroppedSource>> dropped(NamedSet.Seen set);

    /** The result, or the reason why there is none. */
    sealed interface Reading<T> {
        record Of<T>(T value) implements Reading<T> {}

        record Failed<T>(Failure failure) implements Reading<T> {}
    }

    /** The value of a counter. */
    record Count(long packets, long bytes) {
        public static final Count ZERO = new Count(0, 0);
    }
}
