package io.portero.stage;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The policy that is staged.
 *
 * @param since when the counting began
 * @param problem why it judges nothing now
 * @param counters the names of the counters of differences
 * @param gaps the parts that are not compared
 */
public record Staged(
        String file,
        Instant since,
        Instant until,
        Optional<String> problem,
        SortedSet<String> counters,
        StageGaps gaps) {
    public Staged {
        counters = Collections.unmodifiableSortedSet(new TreeSet<>(counters));
    }
}
