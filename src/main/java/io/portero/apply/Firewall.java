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
 * The port to the packet filter; it holds at most one table of ours and any number of others.
 *
 * <p>A transaction takes effect as a whole or not at all. Nothing outside our table is ever listed or changed. A
 * failure is returned, never thrown.
 */
public interface Firewall {

    /** What our table holds now. */
    Reading<Snapshot> read();

    /** Does this as one transaction. */
    Optional<Failure> commit(List<? extends Statement> transaction);

    /** Takes our table away; an absent one is no failure. */
    Optional<Failure> remove();

    /** How members of interval sets must change so that no packet is affected; known after the first reading. */
    IntervalSets intervalSets();

    /** How much each named counter has counted, by its name; none when there is no table. */
    Reading<Map<String, Count>> counters();

    /** What a set of ours with timeouts holds; costs less than a reading of the table. */
    Reading<List<TimedMember>> members(String set);

    /** Whose packets were refused, in no order; none when there is no such set. */
    Reading<List<DroppedSource>> dropped(NamedSet.Seen set);

    /** What was asked for, or why it could not be had. */
    sealed interface Reading<T> {
        record Of<T>(T value) implements Reading<T> {}

        record Failed<T>(Failure failure) implements Reading<T> {}
    }

    /** The value of a counter. */
    record Count(long packets, long bytes) {
        public static final Count ZERO = new Count(0, 0);
    }
}
