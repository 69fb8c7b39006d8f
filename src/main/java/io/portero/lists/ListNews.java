package io.portero.lists;

import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.util.SortedSet;

/** News about a list on the web. */
public sealed interface ListNews {
    UrlList list();

    /** It has changed, and the new members are about to be put in force. */
    record Changed(UrlList list, SortedSet<String> places, int entries, int gained, int lost) implements ListNews {}

    /**
     * It could not be fetched, for the first time since a success or since the start; the old entries, if any, stay in
     * force.
     */
    record Failing(UrlList list, String why, boolean known, int kept) implements ListNews {}

    /** It can be fetched again. */
    record Recovered(UrlList list) implements ListNews {}

    /** It was not fetched for too long; its last known entries stay in force. */
    record Stale(UrlList list, Duration age, int kept) implements ListNews {}

    /** Its new members are held back; {@code why} is a clause. */
    record HeldBack(UrlList list, String why, int kept) implements ListNews {}
}
