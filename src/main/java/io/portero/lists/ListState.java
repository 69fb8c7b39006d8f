package io.portero.lists;

import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The state of one list on the web.
 *
 * @param places the groups that contain it, or the keys that name it
 * @param entries how many entries are in force; none before it was fetched for the first time
 * @param bytes its size at the last fetch, decompressed
 * @param answered when its server last sent it or said that it had not changed
 * @param age how long ago that was
 * @param due when it is fetched next
 * @param failures how many fetches have failed
 * @param error the reason of the last failure, while it fails
 * @param held the new members that are held back, and why, if any
 * @param stale whether it was not fetched for too long
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
     * The reason why new members of a list are held back.
     *
     * @param entries how many entries the list has at its server
     * @param why a clause
     */
    public record Held(int entries, String why) {}
}
