package io.portero.lists;

import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.util.SortedSet;

/** What somebody should be told about a list on the web. */
public sealed interface ListNews {
    UrlList list();

    /** It holds something else than before, which is about to be put in force. */
    record Changed(UrlList list, SortedSet<String> places, int entries, int gained, int lost) implements ListNews {}

    /** It could not be fetched, after it could, or at first; so many entries stay in force, or nothing is known of it. */
    record Failing(UrlList list, String why, boolean known, int kept) implements ListNews {}

    /** It can be fetched again. */
    record Recovered(UrlList list) implements ListNews {}

    /** It was not fetched for longer than it should be, and what it held then stays in force. */
    record Stale(UrlList list, Duration age, int kept) implements ListNews {}

    /** What it holds now is not put in force; {@code why} is a clause. */
    record HeldBack(UrlList list, String why, int kept) implements ListNews {}
}
