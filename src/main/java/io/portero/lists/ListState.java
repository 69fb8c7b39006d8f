package io.portero.lists;

import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * How things stand with one list on the web.
 *
 * @param places the groups it is a member of, or the keys it stands at
 * @param entries how many entries are in force; none before it was fetched for the first time
 * @param bytes its size when it was fetched last, unpacked
 * @param answered when its server last gave it or said that it had not changed
 * @param age how long ago that was
 * @param due when it is fetched next
 * @param failures how often fetching it has failed
 * @param error why it failed last, while it does
 * @param held what is not put in force and why, while there is such
 * @param stale whether it was not fetched for longer than it should be
 */
public record ListState(
        UrlList list,
        SortedSet<String> places,
        Optional<Integer> entries,
        long bytes,
        Optional<Instant> answered,
        Optional<Duration> age,
        Instant due,
        long failures,
        Optional<String> error,
        Optional<Held> held,
        boolean stale) {

    /**
     * Why a list is not put in force as it is.
     *
     * @param entries how many entries the list has at its server
     * @param why a clause
     */
    public record Held(int entries, String why) {}
}
